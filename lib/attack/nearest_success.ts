/** The parts that attacks share which search for the nearest success of each sample. */
import * as tf from "@tensorflow/tfjs";
import { chooseRows } from "../tensors/rows.ts";
import type { Stride, View, Walk, WalkState } from "./walk.ts";

/** The state of such an attack: each sample, its image, and its nearest success so far. */
export interface NearestState extends WalkState {
  readonly origin: tf.Tensor4D;
  readonly nearest: tf.Tensor4D;
  readonly nearestLogits: tf.Tensor2D;
}

/** The conclusions of a sample's search, for its next move. */
export interface Advice {
  /** True if the sample is the nearest success so far, or the image itself. */
  readonly isNearest: boolean;
  /** True if the sample's search is over. */
  readonly isOver: boolean;
}

/** Makes the state before the first step: each sample is its image. */
export function nearestStart(images: tf.Tensor4D, classes: number): NearestState {
  return {
    x: tf.clone(images),
    origin: tf.clone(images),
    nearest: tf.clone(images),
    nearestLogits: tf.zeros([images.shape[0], classes]),
  };
}

/** Puts the samples of this step in the place of earlier successes where they are nearer. */
function nearestOf(
  { state, logits }: View<NearestState>,
  advice: readonly Advice[],
): Pick<NearestState, "nearest" | "nearestLogits"> {
  const isNearest = advice.map(({ isNearest }) => isNearest);
  return {
    nearest: chooseRows(isNearest, state.x, state.nearest),
    nearestLogits: chooseRows(isNearest, logits, state.nearestLogits),
  };
}

/**
 * Makes the walk of a search, which gives each sample's nearest success.
 *
 * @param sizeOf measures perturbations, `[n]`
 * @param advise takes note of a sample before its next move, with its distance from the image
 * @param move moves every sample; runs within `tf.tidy`
 */
export function searching<S extends NearestState, A extends Advice>(
  start: S,
  sizeOf: (perturbations: tf.Tensor4D) => tf.Tensor1D,
  advise: (sample: number, logits: Float32Array, distance: number) => A,
  move: (batch: Stride<S>, advice: readonly A[]) => Omit<S, "nearest" | "nearestLogits">,
): Walk<S> {
  const latest: A[] = [];
  const adviceOn = ({ samples }: View<S>) => samples.map((sample) => latest[sample]);
  return {
    start,
    maxSteps: Infinity,
    async arrived({ samples, state, values, logits: { shape: [, classes] } }) {
      const sizes = tf.tidy(() => sizeOf(tf.sub(state.x, state.origin) as tf.Tensor4D));
      const distances = await sizes.data().finally(() => sizes.dispose());
      return samples.map((sample, row) => {
        const ofRow = values.subarray(row * classes, (row + 1) * classes);
        latest[sample] = advise(sample, ofRow, distances[row]);
        return latest[sample].isOver;
      });
    },
    stride: (batch) => {
      const advice = adviceOn(batch);
      return { ...move(batch, advice), ...nearestOf(batch, advice) } as S;
    },
    yields(view) {
      const { nearest, nearestLogits } = nearestOf(view, adviceOn(view));
      return { samples: nearest, logits: nearestLogits };
    },
  };
}
