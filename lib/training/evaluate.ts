import * as tf from "@tensorflow/tfjs";
import type { EventTurn } from "./event_turn.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { imageTensor } from "./image_tensor.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";

/** Small enough for the feature maps to stay in a processor's cache. */
const SLICE = 64;

/**
 * The share of the images that the classifier gets right, 0…1.
 *
 * @param events gets the event loop its turns
 */
export async function evaluateAccuracy(
  classifier: FrozenClassifier,
  dataset: Dataset,
  set: ImageSet,
  events?: EventTurn,
): Promise<number> {
  let correct = 0;
  for (let from = 0; from < set.count; from += SLICE) {
    await events?.take();
    const count = Math.min(SLICE, set.count - from);
    const indices = Int32Array.from({ length: count }, (_, k) => from + k);
    const top = tf.tidy(() => tf.argMax(classifier.logits(imageTensor(dataset, set, indices)), 1));
    const predicted = await top.data();
    top.dispose();
    for (let k = 0; k < count; k++) if (predicted[k] === set.labels[from + k]) correct++;
  }
  return correct / set.count;
}
