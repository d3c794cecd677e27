import * as tf from "@tensorflow/tfjs";
import {
  type AttackClasses,
  type AttackContext,
  type Attacked,
  classesOf,
  defineAttack,
} from "./attack.ts";
import { type Ball, ballOptions, imageStreams, project, randomInBall, steepest } from "./ball.ts";
import { flag, integer, number } from "../options.ts";
import { crossEntropyLoss } from "./losses.ts";
import { hasArrived, walk } from "./walk.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

/**
 * The fast gradient sign method (Goodfellow et al. 2015): one step of length ε up the cross-entropy
 * to the label, or down that to the target: along the gradient's sign for L∞, along itself for L2.
 */
export const fgsmAttack = defineAttack({
  shortName: "fgsm",
  summary: "one step along the sign of the gradient (Goodfellow et al. 2015)",
  options: ballOptions,
  units: "pixels",
  passes: () => 3,
  run: (classifier, images, classes, settings, context) =>
    projectedSteps(classifier, images, classes, {
      ...settings,
      stepLength: settings.epsilon,
      maxSteps: 1,
      gradientFloor: 0,
      randomStart: false,
      earlyStop: false,
    }, context),
});

/**
 * Projected gradient descent (Madry et al. 2018): steps up the cross-entropy to the label, or down
 * that to the target, each brought back into the ball of radius ε around the image.
 */
export const pgdAttack = defineAttack({
  shortName: "pgd",
  summary: "projected gradient steps within a ball (Madry et al. 2018)",
  options: {
    ...ballOptions,
    /** The length of a step, in units of ε. */
    stepSize: number(0.25, { above: 0 }),
    maxSteps: integer(20, { max: 10_000 }),
    /**
     * Added to the norm of the cross-entropy's gradient before it divides that, for L2: some
     * libraries add 1e-10 to that of the mean over the batch, and so hardly step from an image whose
     * class is certain.
     */
    gradientFloor: number(0, { min: 0 }),
    /** Whether to start at a random point of the ball instead of at the image. */
    randomStart: flag(false),
    /** Whether a sample that has succeeded stops there, instead of going deeper. */
    earlyStop: flag(false),
  },
  units: "pixels",
  passes: ({ maxSteps }) => 2 * maxSteps + 1,
  run: (classifier, images, classes, settings, context) =>
    projectedSteps(classifier, images, classes, {
      ...settings,
      stepLength: settings.stepSize * settings.epsilon,
    }, context),
});

/** Steps of one length up the cross-entropy, within a ball. */
interface ProjectedSteps extends Ball {
  /** In the units of `epsilon` */
  readonly stepLength: number;
  readonly maxSteps: number;
  /** Added to the L2 norm of the cross-entropy's gradient before it divides that. */
  readonly gradientFloor: number;
  /** Whether to start at a random point of the ball. */
  readonly randomStart: boolean;
  /** Whether samples that have succeeded stop there. */
  readonly earlyStop: boolean;
}

/** What FGSM and PGD have in common: all of it but their options. */
function projectedSteps(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: AttackClasses,
  settings: ProjectedSteps,
  { random, start }: Required<Pick<AttackContext, "random">> & AttackContext,
): Promise<Attacked> {
  const origin = tf.clone(images);
  const x = settings.randomStart
    ? tf.tidy(() => {
      const streams = imageStreams(images.shape[0], random);
      const offset = tf.mul(randomInBall(images.shape, streams, settings.norm), settings.epsilon);
      return project(tf.add(images, offset), images, settings);
    })
    : tf.clone(images);
  return walk(classifier, {
    start: { x, origin },
    maxSteps: settings.maxSteps,
    arrived: (view) =>
      settings.earlyStop ? hasArrived(view, classes) : view.samples.map(() => false),
    stride({ samples, state: { x, origin }, logits, values, toImages }) {
      const { labels, targets } = classesOf(classes, samples);
      const { gradient, divisors } = crossEntropyLoss(values, classifier.classes, labels, targets);
      // Never zero, so that a gradient of zero gives a step of zero.
      const floor = divisors.map((divisor) => settings.gradientFloor / divisor || 1e-30);
      const direction = steepest(
        toImages(tf.tensor2d(gradient, logits.shape)),
        settings.norm,
        tf.tensor1d(Float32Array.from(floor)),
      );
      const moved = tf.add(x, tf.mul(direction, settings.stepLength)) as tf.Tensor4D;
      return { x: project(moved, origin, settings), origin };
    },
  }, settings.randomStart ? undefined : start);
}
