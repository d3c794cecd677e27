import * as tf from "@tensorflow/tfjs";
import { classDifference, defineAttack } from "./attack.ts";
import { clampPixels } from "./pixel_space.ts";
import { walk } from "./walk.ts";
import { channelBounds, integer, number, oneOf, type Options } from "../options.ts";
import { mostProbableOthers, scaleRows, squaredRowNorms, topClasses } from "../tensors/rows.ts";

/** Options of `bssAttack`, with the values of the published code of Heo et al. (2019) as defaults. */
export const bssAttackOptions = {
  /** η: of the published step, its length for a gap of 1; of "newton", the share of the way to go */
  eta: number(0.3, { above: 0 }),
  /** ε: the gap past zero that a step aims at, in logits, or in probabilities of the softmax */
  epsilon: number(1e-4, { min: 0 }),
  /** The largest number of steps of a sample */
  maxSteps: integer(10, { max: 1000 }),
  /** Bounds of the pixels of samples that move, in the units of the images */
  clamp: channelBounds(2.5),
  /**
   * "published" divides the gradient by its norm, so the length of a step changes with the scale of
   * the logits. "newton" divides by the squared norm, so a step goes η of the way to the boundary of
   * the linearised classifier at any scale.
   */
  step: oneOf("published", ["published", "newton"]),
  /** The outputs f whose difference is the gap */
  space: oneOf("logits", ["logits", "softmax"]),
};

/** The options of `bssAttack`, each with a value. */
export type BssAttackOptions = Options<typeof bssAttackOptions>;

/**
 * Makes boundary supporting samples (Heo et al. 2019). Moves each image down the gradient of the gap
 * between its base class, the label, and its target class, until the classifier's top class is no
 * longer the base class, or `maxSteps` are taken. A sample whose gradient is zero is only clamped.
 * Without targets, each image goes for the other class that is most probable at its start.
 */
export const bssAttack = defineAttack({
  shortName: "bss",
  summary: "boundary supporting samples (Heo et al. 2019)",
  options: bssAttackOptions,
  units: "normalised",
  targeted: true,
  // As if for three steps. With the authors' teacher it is 1.2, other teachers need more.
  passes: () => 6,
  run(classifier, images, { labels, targets }, settings, { start }) {
    const { classes } = classifier;
    // The target class of each image; without targets, chosen at the first step, which all that move take
    const targetOf = Array.from(targets ?? []);
    return walk(classifier, {
      start: { x: tf.clone(images) },
      maxSteps: settings.maxSteps,
      // As in the published loop: the base class no longer leads, whichever class does.
      arrived({ samples, values }) {
        const top = topClasses(values, classes);
        return samples.map((sample, row) => top[row] !== labels[sample]);
      },
      stride({ samples, state: { x }, logits, values, toImages }) {
        const base = samples.map((sample) => labels[sample]);
        if (targetOf.length === 0) {
          mostProbableOthers(values, classes, base).forEach(([other], row) =>
            targetOf[samples[row]] = other
          );
        }
        const target = samples.map((sample) => targetOf[sample]);
        const gap = gapOf(logits, classDifference(base, target, classes), settings);
        const gradient = toImages(gap.dLogits);
        return { x: stepToBoundary(x, gap.value, gradient, settings) };
      },
    }, start);
  },
});

interface Gap {
  /** `L = f_base − f_target`, `[n]` */
  readonly value: tf.Tensor1D;
  /**
   * The gradient of ΣL with respect to the logits, `[n, classes]`; for the published step, which only uses its
   * direction, in a scale that float32 can square
   */
  readonly dLogits: tf.Tensor2D;
}

/**
 * Computes the gap, the loss that the attack drives to zero (Heo et al. 2019), and its
 * gradient.
 *
 * @param difference one row per sample: 1 at the base class, −1 at the target class, 0 elsewhere
 * @param options.space the classifier's outputs f: its logits or its probabilities
 */
function gapOf(
  logits: tf.Tensor2D,
  difference: tf.Tensor2D,
  { space, step }: BssAttackOptions,
): Gap {
  if (space === "logits") {
    return { value: tf.sum(tf.mul(logits, difference), 1) as tf.Tensor1D, dLogits: difference };
  }
  const p = tf.softmax(logits);
  const value = tf.sum(tf.mul(p, difference), 1, true);
  // The Jacobian of softmax applied to `difference`: p ∘ (difference − L). At the base class 1 − L would be 0
  // for a confident classifier, so there it is p_target + Σ_{c≠base} p_c.
  const isBase = tf.relu(difference);
  const isOther = tf.sub(1, isBase);
  const minusTarget = tf.minimum(difference, 0);
  const atBase = tf.sum(tf.mul(p, tf.sub(isOther, minusTarget)), 1, true);
  const atOthers = tf.sub(minusTarget, tf.mul(isOther, value));
  const slope = tf.mul(p, tf.add(tf.mul(isBase, atBase), atOthers)) as tf.Tensor2D;
  const largest = tf.max(tf.abs(slope), 1, true);
  return {
    value: tf.squeeze(value, [1]) as tf.Tensor1D,
    dLogits: step === "newton" ? slope : tf.div(slope, tf.maximum(largest, 1e-37)),
  };
}

/**
 * Takes one step of every sample towards the boundary (Heo et al. 2019):
 * `x ← x − η (L + ε) ∇L/‖∇L‖`, clamped, where `L = f_base − f_target` is the gap. "newton" divides by
 * `‖∇L‖²` instead.
 */
function stepToBoundary(
  x: tf.Tensor4D,
  gap: tf.Tensor1D,
  gradient: tf.Tensor4D,
  { eta, epsilon, step, clamp }: BssAttackOptions,
): tf.Tensor4D {
  const squaredNorm = squaredRowNorms(gradient);
  // A gradient of zero gives a step of zero, not a division by zero. Where float32 loses the square of
  // a small gradient's norm, the published step must not become longer than η times the gap.
  const divisor = step === "newton"
    ? tf.maximum(squaredNorm, 1e-30)
    : tf.maximum(tf.sqrt(squaredNorm), 1e-18);
  const factor = tf.div(tf.mul(tf.add(gap, epsilon), -eta), divisor) as tf.Tensor1D;
  return clampPixels(tf.add(x, scaleRows(gradient, factor)) as tf.Tensor4D, clamp);
}
