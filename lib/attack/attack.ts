import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier, Pullback } from "../nn/frozen_classifier.ts";
import { flag, type Options, resolveOptions, type Rules } from "../options.ts";
import { UserError } from "../user_error.ts";
import { rowNorms, topClasses } from "../tensors/rows.ts";

/** How an attack on one sample ended. Without a target class, any but the label is the target. */
export const OUTCOMES = ["crossed to target", "third class", "not crossed"] as const;

/** One of `OUTCOMES`. */
export type Outcome = typeof OUTCOMES[number];

/** The outcome of each sample, by the classifier's top class at its end. */
export function outcomesOf(
  top: ArrayLike<number>,
  { labels, targets }: AttackClasses,
): Outcome[] {
  return Array.from(top, (k, i) => {
    if (k === labels[i]) return "not crossed";
    return !targets || k === targets[i] ? "crossed to target" : "third class";
  });
}

/** The shares of the outcomes, each in 0…1; all 0 for no sample. */
export function outcomeShares(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const share = (wanted: Outcome) =>
    outcomes.filter((outcome) => outcome === wanted).length / Math.max(outcomes.length, 1);
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, share(outcome)])) as Record<
    Outcome,
    number
  >;
}

/** Where each image comes from and where it is to go, as class indices, one an image. */
export interface AttackClasses {
  /** The class that an image is to leave: its label, or the classifier's top class. */
  readonly labels: ArrayLike<number>;
  /** The class that it is to reach; left out: any other class will do. */
  readonly targets?: ArrayLike<number>;
}

/** What an attack needs besides, where it needs it. */
export interface AttackContext {
  /**
   * Numbers in [0, 1), for attacks that draw. One is drawn for each image and seeds a stream of its
   * own, so that how images are divided into batches changes nothing.
   */
  readonly random?: () => number;
  /** The classifier's pass over the images, where it was made already; it stays the caller's. */
  readonly start?: Pullback;
  /** Awaited before each step, so that the event loop has its turn; what it throws ends the attack. */
  readonly turn?: () => Promise<void>;
}

/** What an attack made of a batch of images. */
export interface AttackResult {
  /** `[n, h, w, c]`, in the units of the images */
  readonly samples: tf.Tensor4D;
  /** The classifier's logits on the samples, `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /** Whether the classifier's top class is now the target, or, without a target, not the label. */
  readonly success: readonly boolean[];
  readonly outcomes: readonly Outcome[];
  /** Steps taken by each sample */
  readonly steps: Int32Array;
  /** L2 norm of the perturbation of each sample, in the units of the images */
  readonly norms: Float32Array;
}

/**
 * An attack on a frozen classifier. All have this signature, step many images at once, let those that
 * are done leave the batch, and keep pixels within the option `clamp`.
 *
 * @param images `[n, h, w, c]`, in the units that the classifier takes; n may be 0
 * @throws UserError for a bad option, or classes that do not fit the images
 */
export interface Attack<R extends Rules = Rules> {
  (
    classifier: FrozenClassifier,
    images: tf.Tensor4D,
    classes: AttackClasses,
    options?: Partial<Options<R>>,
    context?: AttackContext,
  ): Promise<AttackResult>;
  /** As on the command line: "fgsm". */
  readonly shortName: string;
  /** One sentence with its source. */
  readonly summary: string;
  readonly options: R;
  /**
   * What its defaults are meant for: "pixels" in 0…1, as in the literature on robustness, or
   * "normalised" ones, as in Heo et al. (2019).
   */
  readonly units: "pixels" | "normalised";
  /** Whether, in the place of BSS, it goes for target classes unless told otherwise. */
  readonly targeted: boolean;
  /**
   * What a sample costs, for estimates of time: forward passes through the classifier, a way back to
   * the images counting as one.
   */
  passes(options: Options<R>): number;
}

/** What every attack has, whatever else it does. */
export const commonOptions = {
  /** Whether samples that are done leave the batch. The results are the same; without, it takes longer. */
  compact: flag(true),
};

/** What an attack's own file says of it. */
export interface AttackDefinition<R extends Rules> {
  readonly shortName: string;
  readonly summary: string;
  readonly options: R;
  readonly units: Attack["units"];
  readonly targeted?: boolean;
  passes(options: Options<R>): number;
  /** Called with at least one image, checked classes and all options. */
  run(
    classifier: FrozenClassifier,
    images: tf.Tensor4D,
    classes: AttackClasses,
    options: Options<R & typeof commonOptions>,
    context: Required<Pick<AttackContext, "random">> & AttackContext,
  ): Promise<AttackResult>;
}

/** Makes an attack of its definition: checks and defaults are the same for all. */
export function defineAttack<R extends Rules>(
  { run, targeted = false, ...definition }: AttackDefinition<R>,
): Attack<R & typeof commonOptions> {
  const rules = { ...definition.options, ...commonOptions };
  const attack = (async (classifier, images, classes, options = {}, context = {}) => {
    const settings = resolveOptions(`${definition.shortName} attack`, rules, options);
    checkClasses(images.shape[0], classifier.classes, classes);
    if (images.shape[0] === 0) return emptyResult(images, classifier.classes);
    return await run(classifier, images, classes, settings as never, {
      random: Math.random,
      ...context,
    });
  }) as Attack<R & typeof commonOptions>;
  return Object.assign(attack, { ...definition, options: rules, targeted });
}

/**
 * @throws UserError unless there is a class for each image to leave and, where targets are given,
 * another one for it to reach
 */
export function checkClasses(
  count: number,
  classes: number,
  { labels, targets }: AttackClasses,
): void {
  if (labels.length !== count || (targets && targets.length !== count)) {
    throw new UserError(
      `${count} images need as many labels and targets, but there are ${labels.length}` +
        (targets ? ` and ${targets.length}` : " labels"),
    );
  }
  const valid = (k: number) => Number.isInteger(k) && k >= 0 && k < classes;
  for (let i = 0; i < count; i++) {
    if (valid(labels[i]) && (!targets || (valid(targets[i]) && targets[i] !== labels[i]))) continue;
    throw new UserError(
      targets
        ? `image ${i} is to go from class ${labels[i]} to class ${targets[i]}; ` +
          `give two different classes from 0 to ${classes - 1}`
        : `image ${i} is to leave class ${labels[i]}; give a class from 0 to ${classes - 1}`,
    );
  }
}

/** The classes of some of the images. */
export function classesOf(
  { labels, targets }: AttackClasses,
  samples: readonly number[],
): { readonly labels: readonly number[]; readonly targets?: readonly number[] } {
  const of = (list: ArrayLike<number>) => samples.map((sample) => list[sample]);
  return { labels: of(labels), targets: targets && of(targets) };
}

/** One row a sample: 1 at the class `plus`, −1 at the class `minus`, 0 elsewhere, `[n, classes]`. */
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

/** Where an attack left its samples. */
export interface Attacked {
  /** `[n, h, w, c]` */
  readonly samples: tf.Tensor4D;
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  readonly steps: Int32Array;
}

/** What follows from where the samples are: outcomes and norms. */
export async function attackResult(
  { samples, logits, steps }: Attacked,
  images: tf.Tensor4D,
  classes: AttackClasses,
): Promise<AttackResult> {
  const distances = tf.tidy(() => rowNorms(tf.sub(samples, images) as tf.Tensor4D));
  const [norms, values] = await Promise.all([
    distances.data() as Promise<Float32Array>,
    logits.data(),
  ]);
  distances.dispose();
  const outcomes = outcomesOf(topClasses(values, logits.shape[1]), classes);
  const success = outcomes.map((outcome) => outcome === "crossed to target");
  return { samples, logits, success, outcomes, steps, norms };
}

/** The result of an attack on no image. */
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
