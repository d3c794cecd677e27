import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import seedrandom from "seedrandom";
import { smallDataset } from "./small_dataset.ts";
import { type Labels, makeLabels } from "../../lib/data/dataset.ts";
import { miniBatches } from "../../lib/data/mini_batches.ts";
import { stratifiedSubset, takeImages } from "../../lib/data/stratified_subset.ts";
import { UserError } from "../../lib/user_error.ts";

/** Makes shuffled labels with the given number of each class. */
function labelsWith(...sizes: number[]): Labels {
  const sorted = sizes.flatMap((size, label) => new Array<number>(size).fill(label));
  const [order] = miniBatches(sorted.length, sorted.length, seedrandom("labels"));
  const labels = makeLabels(sorted.length, sizes.length);
  labels.forEach((_, place) => labels[place] = sorted[order[place]]);
  return labels;
}

function classCounts(labels: Labels, indices: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  indices.forEach((index) => counts[labels[index]]++);
  return counts;
}

Deno.test("stratifiedSubset() takes the same share of every class", () => {
  const labels = labelsWith(100, 50, 10);
  const indices = stratifiedSubset(labels, 0.3, 3, seedrandom("subset"));
  assertEquals(classCounts(labels, indices, 3), [30, 15, 3]);
});

Deno.test("stratifiedSubset() rounds by largest remainders to the right total", () => {
  // Shares 3.85, 3.5, 2.45 of 9.8 ≈ 10: the two largest remainders are rounded up.
  const labels = labelsWith(11, 10, 7);
  const indices = stratifiedSubset(labels, 0.35, 3, seedrandom("subset"));
  assertEquals(classCounts(labels, indices, 3), [4, 4, 2]);
});

Deno.test("stratifiedSubset() has the right total and balance at every fraction", () => {
  const labels = labelsWith(...new Array(10).fill(50));
  for (let percent = 1; percent <= 100; percent++) {
    const indices = stratifiedSubset(labels, percent / 100, 10, seedrandom("subset"));
    assertEquals(indices.length, 5 * percent);
    const counts = classCounts(labels, indices, 10);
    assert(Math.max(...counts) - Math.min(...counts) <= 1, `${percent} %: ${counts}`);
  }
});

Deno.test("stratifiedSubset() keeps the balance of a thousand classes", () => {
  const labels = labelsWith(...new Array(1000).fill(13));
  for (const [fraction, least, most] of [[2 / 13, 2, 2], [0.2, 2, 3], [0.05, 0, 1]]) {
    const indices = stratifiedSubset(labels, fraction, 1000, seedrandom("subset"));
    assertEquals(indices.length, Math.round(13_000 * fraction));
    const counts = classCounts(labels, indices, 1000);
    assertEquals([Math.min(...counts), Math.max(...counts)], [least, most]);
  }
});

Deno.test("stratifiedSubset() gives distinct indices in ascending order", () => {
  const indices = stratifiedSubset(labelsWith(40, 40), 0.5, 2, seedrandom("subset"));
  assert(indices.every((index, k) => k === 0 || index > indices[k - 1]));
});

Deno.test("stratifiedSubset() takes all of a set at fraction 1", () => {
  const indices = stratifiedSubset(labelsWith(3, 4), 1, 2, seedrandom("subset"));
  assertEquals([...indices], [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("stratifiedSubset() chooses at random, the same for the same random numbers", () => {
  const labels = labelsWith(50, 50);
  const choose = (seed: string) => stratifiedSubset(labels, 0.2, 2, seedrandom(seed));
  assertEquals(choose("a"), choose("a"));
  assertNotEquals(choose("a"), choose("b"));
});

Deno.test("stratifiedSubset() refuses a fraction that is out of range or leaves no image", () => {
  const labels = labelsWith(5, 5);
  for (const fraction of [0, -0.1, 1.01, NaN, Infinity]) {
    assertThrows(
      () => stratifiedSubset(labels, fraction, 2, Math.random),
      UserError,
      `the fraction of a set is ${fraction}, but must be above 0 and at most 1`,
    );
  }
  assertThrows(
    () => stratifiedSubset(labels, 0.01, 2, Math.random),
    UserError,
    "the fraction 0.01 of 10 images leaves none",
  );
});

Deno.test("takeImages() takes images and labels in the order of the indices", () => {
  const dataset = smallDataset();
  const size = dataset.height * dataset.width * dataset.channels;
  const { images, labels, count } = takeImages(dataset, dataset.train, Int32Array.of(3, 2));
  assertEquals(count, 2);
  assertEquals([...labels], [1, 0]);
  assertEquals(images.slice(0, size), dataset.train.images.slice(3 * size, 4 * size));
  assertEquals(images.slice(size), dataset.train.images.slice(2 * size, 3 * size));
});

Deno.test("takeImages() refuses indices of no image", () => {
  const dataset = smallDataset();
  const { count } = dataset.train;
  for (const index of [-1, count]) {
    assertThrows(
      () => takeImages(dataset, dataset.train, Int32Array.of(0, index)),
      UserError,
      `there is no image ${index}; the set has the images 0…${count - 1}`,
    );
  }
});

Deno.test("takeImages() keeps labels above 255", () => {
  const classes = Array.from({ length: 1000 }, (_, k) => `class ${k}`);
  const set = { images: Uint8Array.of(7, 8, 9), labels: Uint16Array.of(999, 0, 256), count: 3 };
  const size = { height: 1, width: 1, channels: 1, classes };
  assertEquals(takeImages(size, set, Int32Array.of(2, 0)), {
    images: Uint8Array.of(9, 7),
    labels: Uint16Array.of(256, 999),
    count: 2,
  });
});

Deno.test("stratifiedSubset() rounds up a small class before a large one with a smaller remainder", () => {
  // Shares 3.2 and 0.8 of 4.
  const labels = labelsWith(16, 4);
  const indices = stratifiedSubset(labels, 0.2, 2, seedrandom("subset"));
  assertEquals(classCounts(labels, indices, 2), [3, 1]);
});
