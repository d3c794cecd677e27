import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier, Pullback } from "../nn/frozen_classifier.ts";
import type { PixelBounds } from "../options.ts";
import { isClass } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";

/** The class each image leaves and the class it goes to, as class indices, one per image. */
export interface AttackClasses {
  /** The classes to leave: labels, or the classifier's top classes. */
  readonly labels: ArrayLike<number>;
  /** The classes to reach; if left out, any other class will do. */
  readonly targets?: ArrayLike<number>;
}

/** Further input of an attack. */
export interface AttackContext {
  /**
   * Gives numbers in [0, 1), for attacks that draw. Each image takes one number, which seeds the
   * image's own stream. So the batch size changes the result by rounding only. Default: `Math.random`.
   */
  readonly random?: () => number;
  /** The classifier's pass over the images, if the caller has made it already; the caller frees it. */
  readonly start?: Pullback;
}

/**
 * Checks the arguments of calls without a type check, as in a notebook.
 *
 * @throws UserError that names it
 */
export function checkInput(
  name: string,
  { rank, dtype, shape, isDisposed }: tf.Tensor,
  context: AttackContext,
): void {
  if (isDisposed) throw new UserError(`the images of the ${name} are disposed of already`);
  if (rank !== 4 || dtype !== "float32") {
    throw new UserError(
      `the images of the ${name} are ${dtype} of shape [${shape}], but must be float32 of shape ` +
        "[n, height, width, channels]",
    );
  }
  const unknown = Object.keys(context).find((key) => key !== "random" && key !== "start");
  if (unknown !== undefined) {
    throw new UserError(`the ${name} takes "random" and "start" besides options, not "${unknown}"`);
  }
}

/**
 * Checks a classifier, which may be a user's.
 *
 * @throws UserError if it lacks a member that attacks need
 */
export function checkClassifier(classifier: FrozenClassifier): void {
  const { classes, logits, pullback } = classifier ?? {};
  if (Number.isInteger(classes) && [logits, pullback].every((one) => typeof one === "function")) {
    return;
  }
  const lacks = Number.isInteger(classes) ? "no logits or no pullback" : "no number of classes";
  throw new UserError(
    `the classifier has ${lacks}; give freeze(network), or an object with the members ` +
      "of FrozenClassifier: classes, logits, pullback and dispose",
  );
}

/**
 * Checks that each image has a class to leave and, where targets are given, another class to reach.
 *
 * @throws UserError that names what does not fit
 */
export function checkClasses(
  count: number,
  classes: number,
  given: AttackClasses,
): void {
  const { labels, targets, ...others } = given ?? {};
  if (![labels, targets ?? []].every(isNumbers)) {
    throw new UserError(
      "there must be labels, and perhaps targets, each a list of class indices; read those of a " +
        "tensor with await tensor.data()",
    );
  }
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new UserError(`an attack takes "labels" and perhaps "targets", not "${unknown}"`);
  }
  if (labels.length !== count || (targets && targets.length !== count)) {
    throw new UserError(
      `there are ${labels.length} labels${targets ? ` and ${targets.length} targets` : ""} for ` +
        `${count} images; give each image one label${targets ? " and one target" : ""}`,
    );
  }
  if (count > 0 && classes < 2) {
    throw new UserError(
      `the classifier has ${classes} class, but an attack needs another to go to`,
    );
  }
  const valid = (k: number) => isClass(k, classes);
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

function isNumbers(list: unknown): boolean {
  return (Array.isArray(list) || ArrayBuffer.isView(list)) &&
    Array.from(list as ArrayLike<unknown>).every((value) => typeof value === "number");
}

/**
 * Checks that pixels lie within an attack's default bounds, but for rounding. The attack would clamp
 * normalised images at once, and its result would look like a success.
 *
 * @throws UserError that gives the range of the pixels
 */
export async function checkPixels(
  name: string,
  images: tf.Tensor4D,
  [low, high]: PixelBounds,
): Promise<void> {
  const ends = tf.tidy(() => tf.stack([tf.min(images), tf.max(images)]));
  const [lowest, highest] = await ends.data().finally(() => ends.dispose());
  if (lowest >= low - 1e-3 && highest <= high + 1e-3) return;
  // Values that are not finite are found later.
  if (!Number.isFinite(lowest) || !Number.isFinite(highest)) return;
  const range = `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
  throw new UserError(
    `the ${name} takes pixels in ${low}…${high}, but the images have ${range}; use ` +
      'attackNormalised(…) on normalised images, or give it the bounds of your pixels as "clamp"',
  );
}
