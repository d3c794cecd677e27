import * as tf from "@tensorflow/tfjs";
import { Archive, hasArrived, type Stride, walk, type WalkState } from "./walk.ts";
import { type Attacked, classesOf, defineAttack, succeeded } from "./attack.ts";
import type { AttackClasses } from "./attack_input.ts";
import {
  type Ball,
  ballOptions,
  imageStreams,
  project,
  randomDirections,
  randomInBall,
  sizes,
  steepest,
} from "./ball.ts";
import { chooseRows, gatherRows, mostProbableOthers, scaleRows } from "../tensors/rows.ts";
import { integer, oneOf, type Options } from "../options.ts";
import { UserError } from "../user_error.ts";
import { type AttackLoss, crossEntropyLoss, dlrLoss } from "./losses.ts";
import { type FrozenClassifier, readLogits } from "../nn/frozen_classifier.ts";

/** The fewest classes for which the targeted DLR loss is defined. */
export const DLR_CLASSES = 4;

const options = {
  ...ballOptions,
  /** The largest number of steps of each run */
  maxSteps: integer(100, { max: 10_000 }),
  /** "ce": cross-entropy; "dlr": the targeted difference-of-logits ratio */
  loss: oneOf("ce", ["ce", "dlr"]),
  /** The number of classes to try with "dlr" and no targets, one run each */
  candidates: integer(9, { min: 1 }),
};

type ApgdOptions = Options<typeof options>;

/**
 * Takes projected gradient steps with momentum from a random point of the ball, and halves their length
 * where the loss stops rising (Auto-PGD, Croce and Hein 2020, algorithm 1). Samples that have succeeded
 * stop. With the loss "dlr" and no targets, it makes a run for each of the most probable other classes.
 */
export const apgdAttack = defineAttack({
  shortName: "apgd",
  summary: "projected gradient steps that choose their length (Croce and Hein 2020)",
  options,
  units: "pixels",
  // Most samples succeed in a tenth of the steps.
  passes: ({ maxSteps }) => 2 * Math.ceil(maxSteps / 10) + 1,
  async run(classifier, images, classes, settings, { random }) {
    if (settings.loss === "dlr" && classifier.classes < DLR_CLASSES) {
      throw new UserError(
        `apgd attack: the loss "dlr" needs at least ${DLR_CLASSES} classes, but the classifier has ` +
          `${classifier.classes}; use "ce"`,
      );
    }
    const streams = imageStreams(images.shape[0], random);
    const goals = await goalsOf(classifier, images, classes, settings);
    const archive = new Archive();
    const steps = new Int32Array(images.shape[0]);
    let left = Array.from(steps.keys());
    try {
      for (const [round, goal] of goals.entries()) {
        const success = classesOf(classes, left);
        const attacked = await adaptiveSteps(
          classifier,
          gatherRows(images, left),
          { success, loss: classesOf(goal, left) },
          settings,
          left.map((sample) => streams[sample]),
        );
        const isThere = succeeded(await attacked.logits.data(), classifier.classes, success);
        const isDone = (row: number) => isThere[row] || round === goals.length - 1;
        const leaving = [...left.keys()].filter(isDone);
        archive.put(attacked.samples, attacked.logits, leaving, left);
        tf.dispose([attacked.samples, attacked.logits]);
        attacked.steps.forEach((taken, row) => steps[left[row]] += taken);
        left = left.filter((_, row) => !isDone(row));
        if (left.length === 0) break;
      }
    } catch (error) {
      archive.dispose();
      throw error;
    }
    return { ...archive.take(), steps };
  },
});

/** Lists the classes that the loss of each run is about. */
async function goalsOf(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  classes: AttackClasses,
  { loss, candidates }: ApgdOptions,
): Promise<AttackClasses[]> {
  if (loss === "ce" || classes.targets) return [classes];
  const logits = await readLogits(classifier, () => images);
  const others = mostProbableOthers(logits, classifier.classes, classes.labels);
  const runs = Math.min(candidates, classifier.classes - 1);
  return Array.from({ length: runs }, (_, rank) => ({
    labels: classes.labels,
    targets: others.map((row) => row[rank]),
  }));
}

/** The sample now and before its last step, its image, and its best point so far with the gradient. */
interface ApgdState extends WalkState {
  readonly x: tf.Tensor4D;
  readonly before: tf.Tensor4D;
  readonly origin: tf.Tensor4D;
  readonly best: tf.Tensor4D;
  readonly bestGradient: tf.Tensor4D;
}

const LOSSES: Record<ApgdOptions["loss"], AttackLoss> = { ce: crossEntropyLoss, dlr: dlrLoss };

/** The weight of the new step; the previous step has the rest. */
const MOMENTUM = 0.75;

/**
 * Makes one run of Auto-PGD (Croce and Hein 2020, algorithm 1).
 *
 * @param images the run disposes of them
 * @param goal the classes that decide whether a sample has succeeded, and the classes of its loss
 * @param streams random numbers of each image
 */
async function adaptiveSteps(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  goal: { readonly success: AttackClasses; readonly loss: AttackClasses },
  settings: ApgdOptions,
  streams: readonly (() => number)[],
): Promise<Attacked> {
  const loss = LOSSES[settings.loss];
  const lengths = new StepLengths(images.shape[0], 2 * settings.epsilon, settings.maxSteps);
  const x = startingPoint(images, settings, streams);
  return await walk<ApgdState>(classifier, {
    start: {
      x,
      before: tf.clone(x),
      origin: images,
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
  });
}

/** Takes one step of every sample. */
function step(
  { state }: Stride<ApgdState>,
  gradient: tf.Tensor4D,
  { improved, halved, lengths, isFirst }: StepAdvice,
  ball: Ball,
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

/** Draws a point on the surface of the ball: for L2 uniformly, for L∞ by scaling a point inside it. */
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
  return scaleRows(batch, tf.div(1, sizes(batch, "linf")) as tf.Tensor1D);
}

/** A step is halved if at most this share of the steps since the last checkpoint raised the loss. */
const RISING = 0.75;

/** The conclusions from the losses so far, for the next step of each row. */
interface StepAdvice {
  /** True if the loss is the highest so far. */
  readonly improved: readonly boolean[];
  /** True if the sample goes back to its best point, with half the step. */
  readonly halved: readonly boolean[];
  readonly lengths: Float32Array;
  readonly isFirst: boolean;
}

/** The progress of one sample. */
interface Progress {
  length: number;
  previous: number;
  best: number;
  bestAtCheckpoint: number;
  /** Steps since the last checkpoint that raised the loss */
  rises: number;
  wasHalved: boolean;
}

/**
 * The step lengths of Auto-PGD (Croce and Hein 2020, algorithm 1). Its checkpoints are fixed steps. At
 * a checkpoint it halves a sample's step if the loss rose too seldom since the last one (condition 1),
 * or if the last one did not halve the step and the best loss has not risen since (condition 2).
 */
export class StepLengths {
  readonly #samples: Progress[];
  readonly #shortest: number;
  readonly #shortening: number;
  /** Steps from one checkpoint to the next */
  #period: number;
  #sinceCheckpoint = 0;
  #isFirst = true;

  constructor(count: number, length: number, maxSteps: number) {
    // The shares of the steps are those of the published code.
    const share = (part: number) => Math.max(Math.floor(part * maxSteps), 1);
    this.#period = share(0.22);
    this.#shortest = share(0.06);
    this.#shortening = share(0.03);
    this.#samples = Array.from({ length: count }, () => ({
      length,
      previous: Infinity,
      best: -Infinity,
      bestAtCheckpoint: -Infinity,
      rises: 0,
      // At the first checkpoint, condition 2 does not apply.
      wasHalved: true,
    }));
  }

  /**
   * Takes note of the losses before a step. It is called once per step.
   *
   * @param samples the index of each row's sample
   * @param losses one per row
   */
  after(samples: readonly number[], losses: Float64Array): StepAdvice {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const rows = samples.map((sample) => this.#samples[sample]);
    const improved = rows.map((row, i) => losses[i] > row.best);
    rows.forEach((row, i) => {
      if (losses[i] > row.previous) row.rises++;
      row.previous = losses[i];
      if (improved[i]) row.best = losses[i];
    });
    const isCheckpoint = !isFirst && ++this.#sinceCheckpoint === this.#period;
    const halved = rows.map((row) => isCheckpoint && this.#check(row));
    if (isCheckpoint) {
      this.#sinceCheckpoint = 0;
      this.#period = Math.max(this.#period - this.#shortening, this.#shortest);
    }
    return { improved, halved, lengths: Float32Array.from(rows, ({ length }) => length), isFirst };
  }

  /** Halves the step if a condition holds; true if it was halved. */
  #check(row: Progress): boolean {
    const oscillates = row.rises <= RISING * this.#period;
    const stands = !row.wasHalved && row.bestAtCheckpoint >= row.best;
    row.wasHalved = oscillates || stands;
    if (row.wasHalved) row.length /= 2;
    row.rises = 0;
    row.bestAtCheckpoint = row.best;
    return row.wasHalved;
  }
}
