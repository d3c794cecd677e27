import * as tf from "@tensorflow/tfjs";
import { type AttackResult, attackResult } from "../attack/attack.ts";
import type { AttackClasses } from "../attack/attack_input.ts";
import { attackNamed } from "../attack/attacks.ts";
import { bssAttack, bssAttackOptions } from "../attack/bss.ts";
import { clampPixels } from "../attack/pixel_space.ts";
import { flag, oneOf, resolveOptions, tacit } from "../options.ts";
import { chooseRows, gatherRows, rowNorms, scaleRows } from "../tensors/rows.ts";
import type { StepContext } from "./method.ts";

/** Options of attacks that do not make boundary supporting samples. */
export const otherAttackOptions = {
  /** True to go for the target classes, false to go for any other class */
  targeted: flag(false),
  /**
   * The length of a perturbation: "own", the attack's, or "bss", that of the boundary supporting
   * sample of the same image, so that neither is ahead by its length
   */
  length: tacit(oneOf("own", ["own", "bss"])),
};

/** The step of the BSS attack that sets the lengths with `length: "bss"`. */
export const lengthOptions = {
  bssStep: bssAttackOptions.step,
  bssEta: bssAttackOptions.eta,
};

/** Makes the samples x̊ from the base samples, with the attack and the length of the options. */
export async function supportingSamples(
  options: AttackChoice,
  { images, teacher, attackTeacher, own }: StepContext,
  base: Int32Array,
  classes: AttackClasses,
): Promise<AttackResult> {
  const { attack, isTargeted, attackOptions, lengthOf } = chosenAttack(options);
  const goal = isTargeted ? classes : { labels: classes.labels };
  const attacked = await attackTeacher(attack, base, goal, attackOptions);
  if (!lengthOf) return attacked;
  // Keeps the directions, and gives each perturbation the length of the other attack's.
  const { norms } = await attackTeacher(bssAttack, base, classes, lengthOf);
  const baseImages = own(gatherRows(images, base));
  const samples = own(withNorms(baseImages, attacked.samples, norms));
  const logits = own(teacher.logits(samples));
  return await attackResult({ ...attacked, samples, logits }, baseImages, goal);
}

/** The options that choose an attack. */
interface AttackChoice {
  readonly attack?: string;
  readonly targeted?: boolean;
  readonly length?: string;
  readonly bssStep?: string;
  readonly bssEta?: number;
}

/**
 * Picks the attack that the options name, and the options that belong to it. With `length: "bss"` also
 * gives the options of the BSS attack that sets the lengths; otherwise null.
 */
export function chosenAttack(options: AttackChoice) {
  const attack = attackNamed(options.attack ?? "bss");
  const { bssStep: step, bssEta: eta } = options;
  return {
    attack,
    isTargeted: attack.targeted || options.targeted === true,
    attackOptions: Object.fromEntries(
      Object.entries(options).filter(([name]) => Object.hasOwn(attack.options, name)),
    ),
    lengthOf: !attack.targeted && options.length === "bss"
      ? resolveOptions("bss attack", bssAttackOptions, { step, eta })
      : null,
  };
}

/**
 * The smallest norm of a perturbation that has a direction. A smaller one counts as rounding. So does
 * DeepFool's step from an image that lies on the boundary, nearer than 1e-4.
 */
const SHORTEST = 1e-3;

/**
 * Scales perturbations to given norms and keeps their directions. Pixels are then clamped as those
 * of boundary supporting samples are, which may shorten a perturbation. An image that its attack did
 * not move stays where it is.
 *
 * @param images `[n, h, w, c]`, normalised
 * @param samples of an attack on these images, of the same shape
 * @param norms L2, n of them, before pixels are clamped
 * @returns the new samples
 */
export function withNorms(
  images: tf.Tensor4D,
  samples: tf.Tensor4D,
  norms: Float32Array,
): tf.Tensor4D {
  return tf.tidy(() => {
    const perturbation = tf.sub(samples, images) as tf.Tensor4D;
    const own = rowNorms(perturbation);
    const factors = tf.div(tf.tensor1d(norms), tf.maximum(own, SHORTEST)) as tf.Tensor1D;
    const moved = tf.add(images, scaleRows(perturbation, factors)) as tf.Tensor4D;
    const isMoved = tf.greaterEqual(own, SHORTEST) as tf.Tensor1D;
    return chooseRows(isMoved, clampPixels(moved, bssAttackOptions.clamp.default), images);
  });
}
