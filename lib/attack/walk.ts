import * as tf from "@tensorflow/tfjs";
import { type Attacked, classesOf, finiteLogits, succeeded } from "./attack.ts";
import type { AttackClasses } from "./attack_input.ts";
import { checkShape, type FrozenClassifier, type Pullback } from "../nn/frozen_classifier.ts";
import { stopPoint } from "../stop/until_stopped.ts";
import { gatherRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/** The tensors of an attack under way, one row per sample: the pixels x, and what else it needs. */
export type WalkState = { readonly x: tf.Tensor4D } & Readonly<Record<string, tf.Tensor>>;

/** The samples that are still in the batch, with the classifier's logits. */
export interface View<S extends WalkState> {
  /** The image that each row started from, by its index. */
  readonly samples: readonly number[];
  readonly state: S;
  /** `[rows, classes]` */
  readonly logits: tf.Tensor2D;
  /** The logits on the host, row by row */
  readonly values: Float32Array;
}

/** A view with the gradient of the logits with respect to the samples. */
export interface Stride<S extends WalkState> extends View<S> {
  /** Computes the gradient of `Σ logits·dLogits` with respect to the samples. */
  toImages(dLogits: tf.Tensor2D): tf.Tensor4D;
}

/** An attack that goes step by step. */
export interface Walk<S extends WalkState> {
  /** The state before the first step; its tensors belong to the walk. */
  readonly start: S;
  readonly maxSteps: number;
  /** Finds the samples that have arrived. Called before each step, and once more after the last. */
  arrived(view: View<S>): readonly boolean[] | Promise<readonly boolean[]>;
  /** Takes one step with every sample; runs within `tf.tidy`. */
  stride(batch: Stride<S>): S;
  /** Gives the result of each sample; by default its pixels and their logits. */
  yields?(view: View<S>): { readonly samples: tf.Tensor4D; readonly logits: tf.Tensor2D };
}

/**
 * Steps a batch until every sample has arrived or taken `maxSteps`.
 *
 * The classifier is frozen, so samples do not depend on each other: those that have arrived leave the
 * batch. The pass that shows their arrival also gives their logits.
 *
 * @param firstPass the classifier's pass over the start, if it was made already; the caller frees it
 * @throws UserError if the classifier's logits or gradients are not finite, or have a wrong shape
 */
export async function walk<S extends WalkState>(
  classifier: Pick<FrozenClassifier, "pullback" | "classes">,
  {
    start,
    maxSteps,
    arrived,
    stride,
    yields = ({ state, logits }) => ({ samples: state.x, logits }),
  }: Walk<S>,
  firstPass?: Pullback,
): Promise<Attacked> {
  const archive = new Archive();
  const steps = new Int32Array(start.x.shape[0]);
  let samples = [...steps.keys()];
  let state = start;
  let ownPass: Pullback | null = null;
  let sums: tf.Tensor[] = [];
  try {
    for (let step = 0; samples.length > 0; step++) {
      await stopPoint();
      ownPass = step === 0 && firstPass ? null : classifier.pullback(state.x);
      const pass = ownPass ?? firstPass!;
      checkShape("logits", pass.logits, [samples.length, classifier.classes]);
      const view = { samples, state, logits: pass.logits, values: await finiteLogits(pass.logits) };
      const isThere = await arrived(view);
      // Those that have arrived, or have no step left, leave the batch; the others take a step.
      const leaves = (row: number) => isThere[row] || step === maxSteps;
      const rows = [...samples.keys()];
      const leaving = rows.filter(leaves);
      const moving = rows.filter((row) => !leaves(row));
      if (leaving.length > 0) {
        tf.tidy(() => {
          const left = yields(view);
          archive.put(left.samples, left.logits, leaving, samples);
        });
      }
      const next = moving.length === 0 ? null : tf.tidy(() => {
        const index = leaving.length === 0 ? undefined : tf.tensor1d(moving, "int32");
        const kept = index ? restrict(view, moving, index) : view;
        const toImages = (dLogits: tf.Tensor2D) => {
          const gradient = pass.toImages(dLogits, index);
          checkShape("a gradient", gradient, kept.state.x.shape);
          sums.push(tf.keep(tf.sum(gradient)));
          return gradient;
        };
        return stride({ ...kept, toImages });
      });
      release(ownPass);
      ownPass = null;
      const reused = Object.values(next ?? {});
      tf.dispose(Object.values(state).filter((tensor) => !reused.includes(tensor)));
      samples = moving.map((row) => samples[row]);
      for (const sample of samples) steps[sample]++;
      if (next) state = next;
      await checkFinite(sums);
      tf.dispose(sums);
      sums = [];
    }
    return { ...archive.take(), steps };
  } catch (error) {
    release(ownPass);
    tf.dispose([...Object.values(state), ...sums]);
    archive.dispose();
    throw error;
  }
}

/**
 * Checks the sums of a classifier's gradients, which are finite only if all their terms are. A step
 * along the sign of a gradient would take NaN for 0, and the classifier would seem robust.
 */
async function checkFinite(sums: readonly tf.Tensor[]): Promise<void> {
  for (const [sum] of await Promise.all(sums.map((sum) => sum.data()))) {
    if (Number.isFinite(sum)) continue;
    throw new UserError("the classifier under attack gives gradients that are not finite");
  }
}

function release(pass: Pullback | null): void {
  pass?.dispose();
  pass?.logits.dispose();
}

/** Restricts a view to some of its rows; `index` holds the same rows. */
function restrict<S extends WalkState>(
  { samples, state, logits, values }: View<S>,
  rows: readonly number[],
  index: tf.Tensor1D,
): View<S> {
  const classes = logits.shape[1];
  const kept = Object.entries(state).map(([name, tensor]) => [name, tf.gather(tensor, index)]);
  return {
    samples: rows.map((row) => samples[row]),
    state: Object.fromEntries(kept) as S,
    logits: tf.gather(logits, index),
    values: Float32Array.from(
      rows.flatMap((row) => [...values.subarray(row * classes, (row + 1) * classes)]),
    ),
  };
}

/** Keeps samples that leave a batch in any order, past any `tf.tidy`, and returns them in order. */
export class Archive {
  readonly #indices: number[] = [];
  readonly #samples: tf.Tensor4D[] = [];
  readonly #logits: tf.Tensor2D[] = [];

  /**
   * Keeps some rows of two tensors.
   *
   * @param images the image that each row of the whole batch started from
   */
  put(
    samples: tf.Tensor4D,
    logits: tf.Tensor2D,
    rows: number[],
    images: readonly number[],
  ): void {
    if (rows.length === 0) return;
    this.#indices.push(...rows.map((row) => images[row]));
    this.#samples.push(tf.keep(gatherRows(samples, rows)));
    this.#logits.push(tf.keep(gatherRows(logits, rows)));
  }

  /** Drops everything put so far. */
  dispose(): void {
    tf.dispose([...this.#samples, ...this.#logits]);
    this.#indices.length = this.#samples.length = this.#logits.length = 0;
  }

  /** Empties the archive and returns everything in it, ordered by index. */
  take(): { samples: tf.Tensor4D; logits: tf.Tensor2D } {
    const order = new Int32Array(this.#indices.length);
    this.#indices.forEach((index, position) => order[index] = position);
    const [samples, logits] = tf.tidy(() => [
      gatherRows(tf.concat(this.#samples, 0), order),
      gatherRows(tf.concat(this.#logits, 0), order),
    ]);
    this.dispose();
    return { samples: samples as tf.Tensor4D, logits: logits as tf.Tensor2D };
  }
}

/** True for each row that has reached its target or, without targets, left its label. */
export function hasArrived<S extends WalkState>(
  { samples, values, logits }: View<S>,
  classes: AttackClasses,
): boolean[] {
  return succeeded(values, logits.shape[1], classesOf(classes, samples));
}
