import { checkIndices, type Dataset, type ImageSet, type Labels, makeLabels } from "./dataset.ts";
import { shuffle } from "./mini_batches.ts";
import { givenText } from "../options.ts";
import { UserError } from "../user_error.ts";

/**
 * Draws a random part of a set with the same share of every class, rounded by largest remainders.
 *
 * @param labels labels below `classes`
 * @param fraction in (0, 1]
 * @param random numbers in [0, 1)
 * @returns indices, ascending
 * @throws UserError if the fraction is out of range, or leaves no image
 */
export function stratifiedSubset(
  labels: Labels,
  fraction: number,
  classes: number,
  random: () => number,
): Int32Array {
  const total = subsetSize(labels.length, fraction);
  const ofClass: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, index) => ofClass[label].push(index));
  const counts = roundByLargestRemainder(ofClass.map(({ length }) => length * fraction), total);
  const chosen = ofClass.flatMap((indices, label) => {
    const order = Int32Array.from(indices);
    shuffle(order, random);
    return [...order.subarray(0, counts[label])];
  });
  return Int32Array.from(chosen).sort();
}

/**
 * Computes the size of a part of a set.
 *
 * @throws UserError if the fraction is out of range, or leaves no image
 */
export function subsetSize(count: number, fraction: number): number {
  if (typeof fraction !== "number" || !(fraction > 0 && fraction <= 1)) {
    const given = givenText(fraction);
    throw new UserError(`the fraction of a set is ${given}, but must be above 0 and at most 1`);
  }
  const size = Math.round(count * fraction);
  if (size === 0) throw new UserError(`the fraction ${fraction} of ${count} images leaves none`);
  return size;
}

/**
 * Rounds shares so that they add up to a total. Of two equal remainders, the first is rounded up.
 */
function roundByLargestRemainder(shares: readonly number[], total: number): number[] {
  const rounded = shares.map(Math.floor);
  const missing = total - rounded.reduce((sum, count) => sum + count, 0);
  const remainder = (index: number) => shares[index] - rounded[index];
  const byRemainder = [...shares.keys()].sort((a, b) => remainder(b) - remainder(a));
  for (const index of byRemainder.slice(0, missing)) rounded[index]++;
  return rounded;
}

/**
 * Copies the images at the given indices, in their order, into a new set.
 *
 * @throws UserError for an index that is not of the set
 */
export function takeImages(
  { height, width, channels, classes }: Pick<Dataset, "height" | "width" | "channels" | "classes">,
  set: ImageSet,
  indices: Int32Array,
): ImageSet {
  checkIndices(set, indices);
  const size = height * width * channels;
  const images = new Uint8Array(indices.length * size);
  indices.forEach((index, i) =>
    images.set(set.images.subarray(index * size, (index + 1) * size), i * size)
  );
  const labels = makeLabels(indices.length, classes.length);
  indices.forEach((index, i) => labels[i] = set.labels[index]);
  return { images, labels, count: indices.length };
}
