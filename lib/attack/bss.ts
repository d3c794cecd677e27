import * as tf from "@tensorflow/tfjs";
import { Archive } from "./archive.ts";
import { checkClasses, classDifference } from "./classes.ts";
import { GAP_SPACES, gapOf } from "./gap.ts";
import type { Outcome } from "./outcome.ts";
import type { FrozenClassifier, Pullback } from "../nn/frozen_classifier.ts";
import { flag, integer, number, oneOf, type Options, resolveOptions } from "../options.ts";

/** Options of `bssAttack`, with the values of Heo et al. (2019) as defaults. */
export const bssAttackOptions = {
  /** η: the length of a step relative to the gap. */
  eta: number(0.3, { above: 0 }),
  /** ε: how far past the boundary a step aims, in units of the gap. */
  epsilon: number(1e-4, { min: 0 }),
  /** At most so many steps. */
  maxSteps: integer(10, { max: 1000 }),
  /** Pixels stay within ± this, in normalised space. */
  clamp: number(2.5, { above: 0 }),
  /**
   * Which samples are accepted: "published", as the published code has it, all of them, whatever
   * became of them; "paper", as the text has it, only those that crossed to their target class.
   */
  mode: oneOf("published", ["published", "paper"]),
  /**
   * "published" divides the gradient by its norm, so that the length of a step depends on the scale
   * of the classifier's gradients; "newton" divides by the squared norm, which goes to the boundary
   * of the linear model and does not.
   */
  step: oneOf("published", ["published", "newton"]),
  /** On what the gap is measured. */
  space: oneOf("logits", GAP_SPACES),
  /** Whether finished samples leave the batch. The results are the same; without it takes longer. */
  compact: flag(true),
};

export type BssAttackOptions = Options<typeof bssAttackOptions>;

/** Samples near the decision boundary of a classifier, and how they came about. */
export interface BssAttackResult {
  /** `[n, h, w, c]`, normalised as the images were */
  readonly samples: tf.Tensor4D;
  /** The classifier's logits on the samples, `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /** Steps taken by each sample, 0 … maxSteps */
  readonly steps: Int32Array;
  readonly outcomes: readonly Outcome[];
  /** L2 norm of the perturbation of each sample, in normalised space */
  readonly norms: Float32Array;
  /** The indices of the samples that belong in the loss, ascending */
  readonly accepted: Int32Array;
}

/**
 * Boundary supporting samples (Heo et al. 2019, section 3.1): moves each image along the gradient of
 * `L = f_base − f_target` until the classifier's top class is no longer the base class,
 * `x ← x − η (L + ε) ∇L/‖∇L‖`.
 *
 * Samples are independent of each other, since the classifier is frozen: those that are done leave
 * the batch, and the pass that shows it also gives their logits. A sample whose gradient is zero
 * stays where it is.
 *
 * @param images `[n, h, w, c]`, normalised; n may be 0
 * @param baseClass the class of each image that it is to leave, usually the classifier's top class
 * @param targetClass the class that each is to reach
 * @param start the classifier's pass over `images`, where it was made already; disposed of by this
 * @throws UserError for a bad option, or classes that do not fit the images
 */
export async function bssAttack(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  baseClass: ArrayLike<number>,
  targetClass: ArrayLike<number>,
  options: Partial<BssAttackOptions> = {},
  start?: Pullback,
): Promise<BssAttackResult> {
  const settings = resolveOptions("bssAttack", bssAttackOptions, options);
  const count = images.shape[0];
  checkClasses(count, classifier.classes, baseClass, targetClass);
  if (count === 0) return emptyResult(images, classifier.classes);
  const archive = new Archive();
  const steps = new Int32Array(count);
  const topClass = new Int32Array(count);
  let batch = Array.from({ length: count }, (_, index) => index);
  let x = tf.clone(images);

  for (let step = 0; batch.length > 0; step++) {
    const { logits, toImages, dispose } = step === 0 && start ? start : classifier.pullback(x);
    const topNow = await readTopClass(logits);
    batch.forEach((sample, row) => topClass[sample] = topNow[row]);
    const moving = step === settings.maxSteps
      ? []
      : rowsOf(batch).filter((row) => topNow[row] === baseClass[batch[row]]);
    const staying = settings.compact || moving.length === 0 ? moving : rowsOf(batch);
    const leaving = rowsOf(batch).filter((row) => !staying.includes(row));
    archive.put(x, logits, leaving, leaving.map((row) => batch[row]));
    for (const row of moving) steps[batch[row]]++;

    batch = staying.map((row) => batch[row]);
    const next = batch.length === 0 ? null : tf.tidy(() => {
      const index = leaving.length === 0 ? undefined : tf.tensor1d(staying, "int32");
      const take = <T extends tf.Tensor>(all: T): T => index ? tf.gather(all, index) : all;
      const difference = classDifference(
        batch.map((sample) => baseClass[sample]),
        batch.map((sample) => targetClass[sample]),
        classifier.classes,
      );
      const { value, dLogits } = gapOf(take(logits), difference, settings.space);
      const before = take(x);
      const moved = advance(before, value, toImages(dLogits, index), settings);
      if (moving.length === staying.length) return moved;
      const isMoving = staying.map((row) => moving.includes(row));
      return tf.where(tf.tensor4d(isMoving, [batch.length, 1, 1, 1], "bool"), moved, before);
    });
    dispose();
    tf.dispose([x, logits]);
    if (next) x = next;
  }

  const { samples, logits } = archive.take();
  const outcomes = Array.from(
    topClass,
    (top, i): Outcome =>
      top === baseClass[i]
        ? "not crossed"
        : top === targetClass[i]
        ? "crossed to target"
        : "third class",
  );
  const accepted = rowsOf(outcomes).filter((i) =>
    settings.mode === "published" || outcomes[i] === "crossed to target"
  );
  const norms = await perturbationNorms(samples, images);
  return { samples, logits, steps, outcomes, norms, accepted: Int32Array.from(accepted) };
}

/** `x − η (L + ε) ∇L/‖∇L‖`, clamped. */
function advance(
  x: tf.Tensor4D,
  gap: tf.Tensor1D,
  gradient: tf.Tensor4D,
  { eta, epsilon, step, clamp }: BssAttackOptions,
): tf.Tensor4D {
  const squaredNorm = tf.sum(tf.square(gradient), [1, 2, 3]);
  const norm = step === "newton" ? squaredNorm : tf.sqrt(squaredNorm);
  const reach = tf.mul(tf.add(gap, epsilon), -eta);
  // A zero gradient gives a zero step, not a division by zero.
  const scale = tf.div(reach, tf.maximum(norm, 1e-30)).reshape([-1, 1, 1, 1]);
  return tf.clipByValue(tf.add(x, tf.mul(scale, gradient)), -clamp, clamp) as tf.Tensor4D;
}

async function readTopClass(logits: tf.Tensor2D): Promise<ArrayLike<number>> {
  const top = tf.argMax(logits, 1);
  const values = await top.data();
  top.dispose();
  return values;
}

async function perturbationNorms(
  samples: tf.Tensor4D,
  images: tf.Tensor4D,
): Promise<Float32Array> {
  const norms = tf.tidy(() => tf.sqrt(tf.sum(tf.square(tf.sub(samples, images)), [1, 2, 3])));
  const values = await norms.data() as Float32Array;
  norms.dispose();
  return values;
}

function emptyResult(images: tf.Tensor4D, classes: number): BssAttackResult {
  return {
    samples: tf.clone(images),
    logits: tf.zeros([0, classes]),
    steps: new Int32Array(0),
    outcomes: [],
    norms: new Float32Array(0),
    accepted: new Int32Array(0),
  };
}

function rowsOf(list: ArrayLike<unknown>): number[] {
  return Array.from({ length: list.length }, (_, row) => row);
}
