import * as tf from "@tensorflow/tfjs";
import {
  type AttackClasses,
  type AttackContext,
  checkClasses,
  checkClassifier,
  checkInput,
  checkPixels,
} from "./attack_input.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import {
  boundsOf,
  checkRules,
  type Options,
  type PixelBounds,
  resolveOptions,
  type Rules,
} from "../options.ts";
import { UserError } from "../user_error.ts";
import { rowNorms, topClasses } from "../tensors/rows.ts";

/**
 * An attack on a frozen classifier, made by {@linkcode defineAttack}. All attacks have this signature.
 * They step many images at once, let images that are done leave the batch, and keep the pixels of
 * images that move within the option `clamp`.
 *
 * @param images `[n, h, w, c]`, float32, in the units that the classifier takes; n may be 0. They stay
 *   the caller's
 * @throws UserError for a bad option, input that does not fit, or samples or logits that are not finite.
 *   Without the option `clamp`, a pixel attack also refuses images outside its default bounds
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export type Attack<R extends Rules = Rules> =
  & AttackCall<R>["attack"]
  & Required<Omit<AttackDefinition<R>, "run">>;

/** Written as a method, because TypeScript then accepts every attack as an `Attack`. */
interface AttackCall<R extends Rules> {
  attack(
    classifier: FrozenClassifier,
    images: tf.Tensor4D,
    classes: AttackClasses,
    options?: Partial<Options<R>>,
    context?: AttackContext,
  ): Promise<AttackResult>;
}

/** The result of an attack on a batch of images; the caller disposes of samples and logits. */
export interface AttackResult {
  /** `[n, h, w, c]`, in the units of the images */
  readonly samples: tf.Tensor4D;
  /** The classifier's logits on the samples, `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /** True where the top class is now the target, or, without targets, any class but the label. */
  readonly success: readonly boolean[];
  readonly outcomes: readonly Outcome[];
  /** Steps taken by each sample */
  readonly steps: Int32Array;
  /** L2 norm of the perturbation of each sample, in the units of the images */
  readonly norms: Float32Array;
}

/**
 * The ways an attack on one sample can end; the text of Heo et al. (2019) rejects the last two. Without
 * targets, any class but the label is a target.
 */
export const OUTCOMES = ["crossed to target", "third class", "not crossed"] as const;

/** One of `OUTCOMES`. */
export type Outcome = typeof OUTCOMES[number];

/** An attack as its own file defines it. */
export interface AttackDefinition<R extends Rules> {
  /** Its name on the command line: "fgsm". */
  readonly shortName: string;
  /** One sentence with its source. */
  readonly summary: string;
  /** With their defaults. Every attack has `clamp`, the bounds of its pixels. */
  readonly options: R;
  /**
   * The units of its defaults: "pixels" in 0…1, as in the literature on robustness, or "normalised"
   * pixels, as in Heo et al. (2019).
   */
  readonly units: "pixels" | "normalised";
  /**
   * True if the method "bss" always gives it target classes, false if that method's option `targeted`
   * decides. Default: false.
   */
  readonly targeted?: boolean;
  /** Counts a sample's passes through the classifier, forward or backward, to estimate times. */
  passes(options: Options<R>): number;
  /**
   * Moves the images; called with at least one image, checked classes and all options. Gives new
   * tensors, never the images themselves.
   */
  run(
    classifier: FrozenClassifier,
    images: tf.Tensor4D,
    classes: AttackClasses,
    options: Options<R>,
    context: AttackContext & { readonly random: () => number },
  ): Promise<Attacked>;
}

/** The samples where an attack has left them. */
export interface Attacked {
  /** `[n, h, w, c]` */
  readonly samples: tf.Tensor4D;
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  readonly steps: Int32Array;
}

/**
 * Makes an attack from its definition. Checks, defaults, outcomes and norms are the same for all.
 *
 * @throws UserError for unknown units, without `run`, or for an option that is no rule
 */
export function defineAttack<R extends Rules>(
  { run, targeted = false, ...definition }: AttackDefinition<R>,
): Attack<R> {
  const { shortName, units, options: rules } = definition;
  if (units !== "pixels" && units !== "normalised") {
    throw new UserError(`the units of ${shortName} are "${units}"; choose from pixels, normalised`);
  }
  if (typeof run !== "function") {
    throw new UserError(`the attack "${shortName}" has no run: a function that makes its samples`);
  }
  checkRules(`attack "${shortName}"`, rules);
  const attack = (async (classifier, images, classes, options = {}, context = {}) => {
    const name = `${shortName} attack`;
    const settings = resolveOptions(name, rules, options);
    checkInput(name, images, context);
    checkClassifier(classifier);
    checkClasses(images.shape[0], classifier.classes, classes);
    if (images.shape[0] === 0) return emptyResult(images, classifier.classes);
    if (units === "pixels" && rules.clamp) {
      checkEpsilon(name, settings);
      const { clamp } = options as { clamp?: unknown };
      if (clamp === undefined) {
        await checkPixels(name, images, boundsOf(rules.clamp.default as number | PixelBounds));
      }
    }
    const { random = Math.random, start } = context;
    const attacked = await run(classifier, images, classes, settings, { random, start });
    try {
      checkAttacked(name, attacked, images, classifier.classes);
      return await attackResult(attacked, images, classes);
    } catch (error) {
      tf.dispose([attacked?.samples, attacked?.logits].filter((tensor) => tensor !== images));
      throw error;
    }
  }) as Attack<R>;
  return Object.assign(attack, { ...definition, targeted });
}

/** @throws UserError if ε in L∞ is more than all of the pixels' range, as 8 for 8/255 */
function checkEpsilon(
  name: string,
  { epsilon, clamp, norm }: { epsilon?: unknown; clamp?: unknown; norm?: unknown },
): void {
  if (typeof epsilon !== "number" || norm === "l2") return;
  const [low, high] = boundsOf(clamp as number | PixelBounds);
  if (epsilon <= high - low) return;
  throw new UserError(
    `${name}: option "epsilon" is ${epsilon}, more than the range of the pixels, ${low}…${high}; ` +
      "give it in the units of the pixels, as 8/255 for pixels in 0…1",
  );
}

/** Checks that an attack gives what its definition promises: its file may be a user's. */
function checkAttacked(
  name: string,
  attacked: Attacked | undefined,
  images: tf.Tensor4D,
  classes: number,
): void {
  const { samples, logits, steps } = attacked ?? {};
  const count = images.shape[0];
  const has = `samples [${samples?.shape}], logits [${logits?.shape}] and ${steps?.length} steps`;
  const needs = `samples [${images.shape}], logits [${[count, classes]}] and ${count} steps`;
  if (has !== needs) throw new UserError(`the ${name} gave ${has}, but must give ${needs}`);
  if (samples === images) {
    throw new UserError(`the ${name} gave back the images themselves; it must give a clone`);
  }
}

/**
 * Adds outcomes and norms, which follow from where the samples are.
 *
 * @throws UserError if a sample or a logit is not finite
 */
export async function attackResult(
  { samples, logits, steps }: Attacked,
  images: tf.Tensor4D,
  classes: AttackClasses,
): Promise<AttackResult> {
  const distances = tf.tidy(() => rowNorms(tf.sub(samples, images) as tf.Tensor4D));
  const [norms, values] = await Promise.all([
    distances.data() as Promise<Float32Array>,
    finiteLogits(logits),
  ]).finally(() => distances.dispose());
  const bad = norms.findIndex((norm) => !Number.isFinite(norm));
  if (bad >= 0) {
    throw new UserError(
      `sample ${bad} of the attack is at the distance ${norms[bad]} from its image, but must be ` +
        "at a finite one; a step of the attack is not finite, or the image is not",
    );
  }
  const outcomes = outcomesOf(topClasses(values, logits.shape[1]), classes);
  const success = outcomes.map((outcome) => outcome === "crossed to target");
  return { samples, logits, success, outcomes, steps, norms };
}

/**
 * Reads the logits of a classifier under attack, row by row.
 *
 * @throws UserError if one is not finite, since an attack would then have no direction
 */
export async function finiteLogits(logits: tf.Tensor2D): Promise<Float32Array> {
  const values = await logits.data() as Float32Array;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new UserError(
    `the classifier under attack gives logits that are not finite (${values[bad]}); ` +
      `its weights or the images are damaged`,
  );
}

/** Makes the result of an attack on no image. */
function emptyResult(images: tf.Tensor4D, classes: number): AttackResult {
  return {
    samples: tf.clone(images),
    logits: tf.zeros([0, classes]),
    success: [],
    outcomes: [],
    steps: new Int32Array(0),
    norms: new Float32Array(0),
  };
}

/** Gives each sample's outcome, from the classifier's top class on it. */
export function outcomesOf(
  top: ArrayLike<number>,
  { labels, targets }: AttackClasses,
): Outcome[] {
  return Array.from(top, (k, i) => {
    if (k === labels[i]) return "not crossed";
    return !targets || k === targets[i] ? "crossed to target" : "third class";
  });
}

/** True for each row of logits whose top class is its target or, without targets, not its label. */
export function succeeded(
  logits: ArrayLike<number>,
  count: number,
  classes: AttackClasses,
): boolean[] {
  return outcomesOf(topClasses(logits, count), classes)
    .map((outcome) => outcome === "crossed to target");
}

/** Computes the share of each outcome, in 0…1; all are 0 if there is no sample. */
export function outcomeShares(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const share = (wanted: Outcome) =>
    outcomes.filter((outcome) => outcome === wanted).length / Math.max(outcomes.length, 1);
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, share(outcome)])) as Record<
    Outcome,
    number
  >;
}

/** Takes the classes of some of the images. */
export function classesOf(
  { labels, targets }: AttackClasses,
  samples: readonly number[],
): { readonly labels: readonly number[]; readonly targets?: readonly number[] } {
  const of = (list: ArrayLike<number>) => samples.map((sample) => list[sample]);
  return { labels: of(labels), targets: targets && of(targets) };
}

/** Makes a row per sample, `[n, classes]`: 1 at the class `plus`, −1 at `minus`, 0 elsewhere. */
export function classDifference(
  plus: readonly number[],
  minus: readonly number[],
  classes: number,
): tf.Tensor2D {
  const difference = new Float32Array(plus.length * classes);
  plus.forEach((k, i) => difference[i * classes + k] = 1);
  minus.forEach((k, i) => difference[i * classes + k] = -1);
  return tf.tensor2d(difference, [plus.length, classes]);
}
