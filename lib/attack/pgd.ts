import * as tf from "@tensorflow/tfjs";
import { type Attacked, classesOf, defineAttack } from "./attack.ts";
import type { AttackClasses, AttackContext } from "./attack_input.ts";
import { type Ball, ballOptions, imageStreams, project, randomInBall, steepest } from "./ball.ts";
import { flag, integer, number } from "../options.ts";
import { crossEntropyLoss } from "./losses.ts";
import { hasArrived, walk } from "./walk.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

/**
 * Takes one step of length ε (fast gradient sign method, Goodfellow et al. 2015). The step goes up the
 * cross-entropy to the label or, with targets, down the cross-entropy to the target. It follows the
 * gradient's sign for L∞, and the gradient itself for L2.
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
 * Takes steps of one length, and brings each back into the ball of radius ε around the image (projected
 * gradient descent, Madry et al. 2018). The steps go up the cross-entropy to the label or, with
 * targets, down the cross-entropy to the target.
 */
export const pgdAttack = defineAttack({
  shortName: "pgd",
  summary: "projected gradient steps within a ball (Madry et al. 2018)",
  options: {
    ...ballOptions,
    /** The length of a step, in units of ε. */
    stepSize: number(0.25, { above: 0 }),
    /** The number of steps; the largest with `earlyStop` */
    maxSteps: integer(20, { max: 10_000 }),
    /**
     * Added to the L2 norm of the cross-entropy's gradient before the gradient is divided by it. Some
     * libraries add 1e-10 to the norm for the mean over the batch, and hardly move an image whose class
     * is certain.
     */
    gradientFloor: number(0, { min: 0 }),
    /** True to start at a random point of the ball, false to start at the image. */
    randomStart: flag(false),
    /** True to stop a sample once it has succeeded, false to let it go deeper. */
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

/** The options of FGSM and PGD, as steps of one length within a ball. */
interface ProjectedSteps extends Ball {
  /** In the units of the pixels */
  readonly stepLength: number;
  readonly maxSteps: number;
  readonly gradientFloor: number;
  readonly randomStart: boolean;
  readonly earlyStop: boolean;
}

/** Runs FGSM or PGD, which differ only in their options. */
function projectedSteps(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: AttackClasses,
  settings: ProjectedSteps,
  { random, start }: AttackContext & { readonly random: () => number },
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
      // Never zero, so a gradient of zero gives a step of zero.
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
