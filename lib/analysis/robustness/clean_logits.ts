import * as tf from "@tensorflow/tfjs";
import type { LabelledImages } from "./labelled_images.ts";
import { probabilitiesCheck, randomisedCheck, zeroGradientCheck } from "./model_checks.ts";
import { mostProbableOthers } from "../../attack/most_probable_others.ts";
import { classDifference } from "../../attack/classes.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { gatherRows } from "../../nn/gather_rows.ts";
import { UserError } from "../../user_error.ts";
import { finiteCheck } from "./sample_checks.ts";

/**
 * The classifier's logits on some of the images, on the host.
 *
 * @param rows which of the images
 * @throws UserError if they are not finite
 */
export async function cleanLogits(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  rows: readonly number[],
): Promise<Float32Array> {
  const logits = tf.tidy(() => classifier.logits(gatherRows(images, rows)));
  const values = await logits.data() as Float32Array;
  logits.dispose();
  const wrong = finiteCheck(values, "logits");
  if (wrong !== null) throw new UserError(`the classifier ${wrong} on images without any attack`);
  return values;
}

/**
 * What about the classifier makes attacks on it say little.
 *
 * @param rows the images that it is checked on; none for no check
 */
export async function checkModel(
  classifier: FrozenClassifier,
  { images, labels }: LabelledImages,
  rows: readonly number[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const first = await cleanLogits(classifier, images, rows);
  const second = await cleanLogits(classifier, images, rows);
  const gradients = await gapGradients(classifier, images, rows, first, labels);
  return [
    probabilitiesCheck(first, classifier.classes),
    randomisedCheck(first, second, classifier.classes),
    zeroGradientCheck(gradients, rows.length),
  ].filter((warning) => warning !== null);
}

/**
 * Of the logit of the label less that of the most probable other class, `[rows, …]`, row-major. Unlike
 * the cross-entropy's it does not become too small for float32 where the classifier is sure.
 */
async function gapGradients(
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  rows: readonly number[],
  logits: Float32Array,
  labels: ArrayLike<number>,
): Promise<Float32Array> {
  const own = rows.map((row) => labels[row]);
  const others = mostProbableOthers(logits, classifier.classes, own).map(([first]) => first);
  const batch = gatherRows(images, rows);
  const pass = classifier.pullback(batch);
  const gradients = tf.tidy(() => pass.toImages(classDifference(own, others, classifier.classes)));
  pass.dispose();
  const values = await gradients.data() as Float32Array;
  tf.dispose([batch, pass.logits, gradients]);
  return values;
}
