import * as tf from "@tensorflow/tfjs";
import {
  type AttackClasses,
  type AttackContext,
  type Attacked,
  classesOf,
  outcomesOf,
} from "./attack.ts";
import { chooseRows, gatherRows, topClasses } from "../tensors/rows.ts";
import type { FrozenClassifier, Pullback } from "../nn/frozen_classifier.ts";
import { UserError } from "../user_error.ts";

/** What an attack keeps of each sample on its way, one row a sample: where it is, and more. */
export type WalkState = { readonly x: tf.Tensor4D } & Readonly<Record<string, tf.Tensor>>;

/** Samples on their way, and what the classifier makes of them. */
export interface View<S extends WalkState> {
  /** Which of the images each row is. */
  readonly samples: readonly number[];
  readonly state: S;
  /** `[rows, classes]`, and the same on the host */
  readonly logits: tf.Tensor2D;
  readonly values: Float32Array;
}

/** The same with the way back from logits to images. */
export interface Stride<S extends WalkState> extends View<S> {
  /** The gradient of `Σ logits·dLogits` with respect to the samples. */
  toImages(dLogits: tf.Tensor2D): tf.Tensor4D;
}

/** An attack that goes step by step. */
export interface Walk<S extends WalkState> {
  /** Where it starts; its tensors belong to the walk. */
  readonly start: S;
  readonly maxSteps: number;
  /** Which samples have arrived. Called before each step, and once more after the last. */
  arrived(view: View<S>): readonly boolean[] | Promise<readonly boolean[]>;
  /** One step of every sample; runs within `tf.tidy`. */
  stride(batch: Stride<S>): S;
  /** What a sample leaves behind; `x` and its logits unless said otherwise. */
  yields?(view: View<S>): { readonly samples: tf.Tensor4D; readonly logits: tf.Tensor2D };
}

/**
 * Steps a batch until every sample has arrived or taken `maxSteps`.
 *
 * Samples are independent of each other, since the classifier is frozen: those that have arrived
 * leave the batch, and the pass that shows it also gives their logits.
 *
 * @throws UserError if the classifier's logits are not finite; whatever `turn` throws
 */
export async function walk<S extends WalkState>(
  classifier: FrozenClassifier,
  {
    start,
    maxSteps,
    arrived,
    stride,
    yields = ({ state, logits }) => ({ samples: state.x, logits }),
  }: Walk<S>,
  { compact, start: startPass, turn }:
    & { readonly compact: boolean }
    & Pick<AttackContext, "start" | "turn">,
): Promise<Attacked> {
  const archive = new Archive();
  const steps = new Int32Array(start.x.shape[0]);
  let samples = rowsOf(steps);
  let state = start;
  let own: Pullback | null = null;
  try {
    for (let step = 0; samples.length > 0; step++) {
      await turn?.();
      const given = step === 0 ? startPass : undefined;
      own = given ? null : classifier.pullback(state.x);
      const pass = (given ?? own)!;
      const view = { samples, state, logits: pass.logits, values: await finiteLogits(pass.logits) };
      const isThere = await arrived(view);
      const moving = step === maxSteps ? [] : rowsOf(samples).filter((row) => !isThere[row]);
      const staying = compact || moving.length === 0 ? moving : rowsOf(samples);
      const leaving = rowsOf(samples).filter((row) => !staying.includes(row));
      if (leaving.length > 0) {
        tf.tidy(() => {
          const left = yields(view);
          archive.put(left.samples, left.logits, leaving, leaving.map((row) => samples[row]));
        });
      }
      for (const row of moving) steps[samples[row]]++;
      const next = staying.length === 0 ? null : tf.tidy(() => {
        const index = leaving.length === 0 ? undefined : tf.tensor1d(staying, "int32");
        const kept = restrict(view, staying, index);
        const moved = stride({ ...kept, toImages: (dLogits) => pass.toImages(dLogits, index) });
        if (moving.length === staying.length) return moved;
        return mixed(kept.state, moved, staying.map((row) => moving.includes(row)));
      });
      release(own);
      own = null;
      const lives = next ? Object.values(next) : [];
      tf.dispose(Object.values(state).filter((tensor) => !lives.includes(tensor)));
      samples = staying.map((row) => samples[row]);
      if (next) state = next;
    }
    return { ...archive.take(), steps };
  } catch (error) {
    release(own);
    tf.dispose(Object.values(state));
    archive.dispose();
    throw error;
  }
}

function release(pass: Pullback | null): void {
  pass?.dispose();
  pass?.logits.dispose();
}

/** The view of some of the rows; without an index, of all. */
function restrict<S extends WalkState>(
  view: View<S>,
  rows: number[],
  index?: tf.Tensor1D,
): View<S> {
  if (!index) return view;
  const classes = view.logits.shape[1];
  const values = new Float32Array(rows.length * classes);
  rows.forEach((row, k) =>
    values.set(view.values.subarray(row * classes, (row + 1) * classes), k * classes)
  );
  return {
    samples: rows.map((row) => view.samples[row]),
    state: mapState(view.state, (tensor) => tf.gather(tensor, index)),
    logits: tf.gather(view.logits, index),
    values,
  };
}

/** The state after a step where a sample moved, before it elsewhere. */
function mixed<S extends WalkState>(before: S, after: S, isMoving: boolean[]): S {
  return mapState(after, (tensor, name) => chooseRows(isMoving, tensor, before[name]));
}

function mapState<S extends WalkState>(
  state: S,
  map: (tensor: tf.Tensor, name: string) => tf.Tensor,
): S {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => [name, map(tensor, name)]),
  ) as S;
}

function rowsOf(list: ArrayLike<unknown>): number[] {
  return Array.from({ length: list.length }, (_, row) => row);
}

/**
 * Where samples go when they leave a batch: keeps them as they leave, in any order and past any
 * `tf.tidy`, and gives them back in their own.
 */
export class Archive {
  readonly #indices: number[] = [];
  readonly #samples: tf.Tensor4D[] = [];
  readonly #logits: tf.Tensor2D[] = [];

  /** @param rows which rows of the tensors to keep; @param indices whose they are */
  put(samples: tf.Tensor4D, logits: tf.Tensor2D, rows: number[], indices: number[]): void {
    if (rows.length === 0) return;
    this.#indices.push(...indices);
    this.#samples.push(tf.keep(gatherRows(samples, rows)));
    this.#logits.push(tf.keep(gatherRows(logits, rows)));
  }

  /** Drops everything put so far. */
  dispose(): void {
    tf.dispose([...this.#samples, ...this.#logits]);
    this.#indices.length = this.#samples.length = this.#logits.length = 0;
  }

  /** Everything put so far, ordered by index; empties the archive. */
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

/**
 * Reads the logits of a classifier under attack.
 *
 * @returns row-major
 * @throws UserError if one is not finite: an attack would go on from there without a direction
 */
async function finiteLogits(logits: tf.Tensor2D): Promise<Float32Array> {
  const values = await logits.data() as Float32Array;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new UserError(
    `the classifier under attack gives logits that are not finite (${values[bad]}); ` +
      `its weights or the images are damaged`,
  );
}

/** For each row whether it is where the attack wants it: at its target, or away from its label. */
export function hasArrived<S extends WalkState>(
  { samples, values, logits }: View<S>,
  classes: AttackClasses,
): boolean[] {
  const top = topClasses(values, logits.shape[1]);
  return outcomesOf(top, classesOf(classes, samples))
    .map((outcome) => outcome === "crossed to target");
}
