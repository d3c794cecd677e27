import * as tf from "@tensorflow/tfjs";
import type { AttackClasses, AttackContext } from "./attack.ts";
import { type Ball, project, randomDirections, randomInBall, steepest } from "./ball.ts";
import { chooseRows } from "./choose_rows.ts";
import { classesOf } from "./classes.ts";
import { hasArrived } from "./has_arrived.ts";
import { type AttackLoss, crossEntropyLoss, dlrLoss } from "./losses.ts";
import type { Attacked } from "./result.ts";
import { scaleRows } from "./row_norms.ts";
import { StepLengths } from "./step_lengths.ts";
import { type Stride, walk, type WalkState } from "./walk.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

export interface AdaptiveSteps extends Ball {
  readonly maxSteps: number;
  readonly loss: "ce" | "dlr";
  readonly compact: boolean;
}

/** The sample, where it was before, where it started, and the best so far with its gradient. */
interface ApgdState extends WalkState {
  readonly x: tf.Tensor4D;
  readonly before: tf.Tensor4D;
  readonly origin: tf.Tensor4D;
  readonly best: tf.Tensor4D;
  readonly bestGradient: tf.Tensor4D;
}

const LOSSES: Record<AdaptiveSteps["loss"], AttackLoss> = { ce: crossEntropyLoss, dlr: dlrLoss };

/** The share of a step that is new; the rest goes on in the direction of the step before. */
const MOMENTUM = 0.75;

/**
 * One run of Auto-PGD (Croce and Hein 2020, algorithm 1).
 *
 * @param goal by what classes a sample has succeeded, and those that its loss is about
 * @param context.streams random numbers of each image
 */
export async function adaptiveSteps(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  goal: { readonly success: AttackClasses; readonly loss: AttackClasses },
  settings: AdaptiveSteps,
  { streams, turn }:
    & { readonly streams: readonly (() => number)[] }
    & Pick<AttackContext, "turn">,
): Promise<Attacked> {
  const loss = LOSSES[settings.loss];
  const lengths = new StepLengths(images.shape[0], 2 * settings.epsilon, settings.maxSteps);
  const x = startingPoint(images, settings, streams);
  return await walk<ApgdState>(classifier, {
    start: {
      x,
      before: tf.clone(x),
      origin: tf.clone(images),
      best: tf.clone(x),
      bestGradient: tf.zerosLike(images),
    },
    maxSteps: settings.maxSteps,
    arrived: (view) => hasArrived(view, goal.success),
    stride: (batch) => {
      const { samples, values, logits, toImages } = batch;
      const { labels, targets } = classesOf(goal.loss, samples);
      const { values: losses, gradient } = loss(values, classifier.classes, labels, targets);
      const advice = lengths.after(samples, losses);
      return step(batch, toImages(tf.tensor2d(gradient, logits.shape)), advice, settings);
    },
  }, { compact: settings.compact, turn });
}

function step(
  { state }: Stride<ApgdState>,
  gradient: tf.Tensor4D,
  { improved, halved, lengths, isFirst }: ReturnType<StepLengths["after"]>,
  ball: AdaptiveSteps,
): ApgdState {
  const best = chooseRows(improved, state.x, state.best);
  const bestGradient = chooseRows(improved, gradient, state.bestGradient);
  // A sample whose step is halved goes back to its best point.
  const x = chooseRows(halved, best, state.x);
  const direction = steepest(chooseRows(halved, bestGradient, gradient), ball.norm);
  const forward = tf.add(x, scaleRows(direction, tf.tensor1d(lengths))) as tf.Tensor4D;
  const there = project(forward, state.origin, ball);
  if (isFirst) return { ...state, x: there, before: x, best, bestGradient };
  const withMomentum = tf.addN([
    x,
    tf.mul(tf.sub(there, x), MOMENTUM),
    tf.mul(tf.sub(x, state.before), 1 - MOMENTUM),
  ]) as tf.Tensor4D;
  return {
    ...state,
    x: project(withMomentum, state.origin, ball),
    before: x,
    best,
    bestGradient,
  };
}

/** A random point: for L∞ one with a pixel on the ball's surface, for L2 one on its surface. */
function startingPoint(
  images: tf.Tensor4D,
  ball: Ball,
  streams: readonly (() => number)[],
): tf.Tensor4D {
  return tf.tidy(() => {
    const { norm, epsilon } = ball;
    const offset = norm === "l2"
      ? randomDirections(images.shape, streams)
      : largestToOne(randomInBall(images.shape, streams, norm));
    return project(tf.add(images, tf.mul(offset, epsilon)), images, ball);
  });
}

function largestToOne(batch: tf.Tensor4D): tf.Tensor4D {
  return scaleRows(batch, tf.div(1, tf.max(tf.abs(batch), [1, 2, 3])) as tf.Tensor1D);
}
