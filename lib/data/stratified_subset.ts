import type { Dataset, ImageSet } from "./dataset.ts";
import { shuffle } from "./mini_batches.ts";
import { UserError } from "../user_error.ts";

/**
 * A random part of a set with the same share of every class, up to rounding by largest remainders.
 *
 * @param fraction in (0, 1]
 * @param random numbers in [0, 1)
 * @returns indices, ascending
 * @throws UserError if the fraction is out of range, or leaves no image
 */
export function stratifiedSubset(
  labels: Uint8Array,
  fraction: number,
  classes: number,
  random: () => number,
): Int32Array {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new UserError(`the fraction of a set is ${fraction}, but must be above 0 and at most 1`);
  }
  const ofClass = Array.from({ length: classes }, (_, wanted) => {
    const indices: number[] = [];
    labels.forEach((label, index) => label === wanted && indices.push(index));
    const order = Int32Array.from(indices);
    shuffle(order, random);
    return order;
  });
  const exact = ofClass.map(({ length }) => length * fraction);
  const counts = exact.map(Math.floor);
  const byRemainder = [...exact.keys()].sort((a, b) =>
    (exact[b] - counts[b]) - (exact[a] - counts[a])
  );
  const total = Math.round(labels.length * fraction);
  if (total === 0) {
    throw new UserError(`the fraction ${fraction} of ${labels.length} images leaves none`);
  }
  const sum = counts.reduce((all, count) => all + count, 0);
  for (const index of byRemainder.slice(0, total - sum)) counts[index]++;
  const chosen = ofClass.flatMap((indices, index) => [...indices.subarray(0, counts[index])]);
  return Int32Array.from(chosen).sort();
}

/** The images of a set at some indices, as a set of their own. */
export function takeImages(
  { height, width, channels }: Dataset,
  set: ImageSet,
  indices: Int32Array,
): ImageSet {
  const size = height * width * channels;
  const images = new Uint8Array(indices.length * size);
  indices.forEach((index, i) =>
    images.set(set.images.subarray(index * size, (index + 1) * size), i * size)
  );
  const labels = Uint8Array.from(indices, (index) => set.labels[index]);
  return { images, labels, count: indices.length };
}
