import * as tf from "@tensorflow/tfjs";
import type { AttackClasses, AttackContext, AttackResult } from "./attack.ts";
import { type Ball, imageStreams, project, randomInBall, steepest } from "./ball.ts";
import { classesOf } from "./classes.ts";
import { crossEntropyLoss } from "./losses.ts";
import { attackResult } from "./result.ts";
import { hasArrived } from "./has_arrived.ts";
import { walk } from "./walk.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

/** Steps of one length up the cross-entropy, within a ball. */
export interface ProjectedSteps extends Ball {
  /** In the units of `epsilon` */
  readonly stepLength: number;
  readonly maxSteps: number;
  /** Added to the L2 norm of the cross-entropy's gradient before it divides that. */
  readonly gradientFloor: number;
  /** Whether to start at a random point of the ball. */
  readonly randomStart: boolean;
  /** Whether samples that have succeeded stop there. */
  readonly earlyStop: boolean;
  readonly compact: boolean;
}

/** What FGSM and PGD have in common: all of it but their options. */
export async function projectedSteps(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: AttackClasses,
  settings: ProjectedSteps,
  { random, start, turn }: Required<Pick<AttackContext, "random">> & AttackContext,
): Promise<AttackResult> {
  const origin = tf.clone(images);
  const x = settings.randomStart
    ? tf.tidy(() => {
      const streams = imageStreams(images.shape[0], random);
      const offset = tf.mul(randomInBall(images.shape, streams, settings.norm), settings.epsilon);
      return project(tf.add(images, offset), images, settings);
    })
    : tf.clone(images);
  const attacked = await walk(classifier, {
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
  }, { compact: settings.compact, start: settings.randomStart ? undefined : start, turn });
  return await attackResult(attacked, images, classes);
}
