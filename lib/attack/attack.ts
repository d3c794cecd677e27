import type * as tf from "@tensorflow/tfjs";
import { checkClasses } from "./classes.ts";
import { emptyResult } from "./result.ts";
import type { Outcome } from "./outcome.ts";
import type { FrozenClassifier, Pullback } from "../nn/frozen_classifier.ts";
import { flag, type Options, resolveOptions, type Rules } from "../options.ts";

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
