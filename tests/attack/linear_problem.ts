import { linearClassifier } from "../classifiers.ts";
import { testImages } from "../networks.ts";
import { uniformNumbers } from "../numbers.ts";
import { topOf } from "./results.ts";

/** The pixels of a test image */
export const PIXELS = 64;

/**
 * Makes a linear classifier with weights `[pixels, classes]`, and computes the distance of each image to the
 * nearest boundary.
 */
export async function linearProblem(count: number, classes: number) {
  const weights = uniformNumbers(PIXELS * classes, "weights");
  const classifier = linearClassifier([...weights], new Array(classes).fill(0));
  const images = testImages(count);
  const logits = classifier.logits(images);
  const values = await logits.data();
  const labels = [...await topOf(logits)];
  logits.dispose();
  const column = (k: number) =>
    Array.from({ length: PIXELS }, (_, pixel) => weights[pixel * classes + k]);
  const distances = labels.map((label, i) => {
    const others = Array.from({ length: classes }, (_, k) => k).filter((k) => k !== label);
    return Math.min(...others.map((k) => {
      const normal = column(k).map((value, pixel) => value - column(label)[pixel]);
      return (values[i * classes + label] - values[i * classes + k]) / Math.hypot(...normal);
    }));
  });
  return { classifier, weights, images, labels, distances };
}
