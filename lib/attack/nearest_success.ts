/** The parts that attacks share which search for the nearest success of each sample. */
import * as tf from "@tensorflow/tfjs";
import { chooseRows } from "../tensors/rows.ts";
import type { View, Walk, WalkState } from "./walk.ts";

/** The state of such an attack: each sample, its image, and its nearest success so far. */
export interface NearestState extends WalkState {
  readonly origin: tf.Tensor4D;
  readonly nearest: tf.Tensor4D;
  readonly nearestLogits: tf.Tensor2D;
}

/** The searches of all samples. */
interface NearestSearch {
  /**
   * Takes note of the samples before a step.
   *
   * @param logits of each row
   * @param distances of each row from its image
   */
  note(samples: readonly number[], logits: Float32Array, distances: ArrayLike<number>): void;
  /** True if the sample's search is over. */
  isOver(sample: number): boolean;
  /** Says whether the sample as it was noted last is the nearest success so far, or the image. */
  advice(sample: number): { readonly isNearest: boolean };
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
export function nearestOf(
  { state, logits }: View<NearestState>,
  isNearest: readonly boolean[],
): Pick<NearestState, "nearest" | "nearestLogits"> {
  return {
    nearest: chooseRows(isNearest, state.x, state.nearest),
    nearestLogits: chooseRows(isNearest, logits, state.nearestLogits),
  };
}

/**
 * Gives the parts of a walk that follow from a search.
 *
 * @param sizeOf measures perturbations, `[n]`
 */
export function searching(
  search: NearestSearch,
  sizeOf: (perturbations: tf.Tensor4D) => tf.Tensor1D,
): Omit<Walk<NearestState>, "start" | "stride"> {
  return {
    maxSteps: Infinity,
    async arrived({ samples, state, values }) {
      const distances = tf.tidy(() => sizeOf(tf.sub(state.x, state.origin) as tf.Tensor4D));
      search.note(samples, values, await distances.data());
      distances.dispose();
      return samples.map((sample) => search.isOver(sample));
    },
    yields(view) {
      const isNearest = view.samples.map((sample) => search.advice(sample).isNearest);
      const { nearest, nearestLogits } = nearestOf(view, isNearest);
      return { samples: nearest, logits: nearestLogits };
    },
  };
}
