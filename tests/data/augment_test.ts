import { assert, assertEquals, assertNotEquals } from "@std/assert";
import seedrandom from "seedrandom";
import { smallDataset } from "./small_dataset.ts";
import { assertClose } from "../numbers.ts";
import {
  type AugmentationChoices,
  AUGMENTATIONS,
  augmentBatch,
  augmentedImageNumbers,
  drawAugmentation,
  normaliseBatch,
} from "../../lib/data/augment.ts";

const dataset = smallDataset();
const { train, height, width, channels } = dataset;
const indices = Int32Array.of(4, 0, 5);

function sameChoices(top: number, left: number, flip: number): AugmentationChoices {
  return {
    top: new Uint8Array(3).fill(top),
    left: new Uint8Array(3).fill(left),
    flip: new Uint8Array(3).fill(flip),
  };
}

/** One normalised channel of a pixel; black outside the image. */
function normalised(image: number, row: number, column: number, channel: number): number {
  const inside = row >= 0 && row < height && column >= 0 && column < width;
  const at = ((image * height + row) * width + column) * channels + channel;
  const value = inside ? train.images[at] : 0;
  return (value / 255 - dataset.mean[channel]) / dataset.std[channel];
}

/** Makes a batch from the pixels at the given places. */
function expectedBatch(
  place: (k: number, y: number, x: number) => [row: number, column: number],
): Float32Array {
  const values: number[] = [];
  indices.forEach((image, k) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) values.push(normalised(image, ...place(k, y, x), c));
      }
    }
  });
  return Float32Array.from(values);
}

Deno.test("normaliseBatch() gives (v/255 − mean)/std of the chosen images", () => {
  assertClose(normaliseBatch(dataset, train, indices), expectedBatch((_, y, x) => [y, x]), 1e-6);
});

Deno.test("augmentBatch() with the middle crop and no flip only normalises", () => {
  assertEquals(
    augmentBatch(dataset, train, indices, sameChoices(4, 4, 0)),
    normaliseBatch(dataset, train, indices),
  );
});

Deno.test("augmentBatch() crops first and then flips, with black outside the image", () => {
  for (const [top, left, flip] of [[0, 0, 0], [8, 8, 0], [0, 7, 1], [8, 1, 1], [3, 0, 0]]) {
    assertClose(
      augmentBatch(dataset, train, indices, sameChoices(top, left, flip)),
      expectedBatch((_, y, x) => [y + top - 4, (flip ? width - 1 - x : x) + left - 4]),
      1e-6,
      `values at ${top}, ${left}, ${flip}`,
    );
  }
});

Deno.test("augmentBatch() gives each image its own crop and flip", () => {
  const choices = {
    top: Uint8Array.of(1, 4, 8),
    left: Uint8Array.of(6, 4, 0),
    flip: Uint8Array.of(1, 0, 1),
  };
  assertClose(
    augmentBatch(dataset, train, indices, choices),
    expectedBatch((k, y, x) => [
      y + choices.top[k] - 4,
      (choices.flip[k] ? width - 1 - x : x) + choices.left[k] - 4,
    ]),
    1e-6,
  );
});

Deno.test("augmentBatch() has a border that is black before normalisation", () => {
  const batch = augmentBatch(dataset, train, indices, sameChoices(0, 0, 0));
  const black = dataset.mean.map((mean, c) => Math.fround(-mean / dataset.std[c]));
  for (let x = 0; x < width; x++) {
    const pixel = batch.subarray(x * channels, (x + 1) * channels);
    assertClose(pixel, black, 1e-6);
  }
  const inside = batch.subarray((4 * width + 4) * channels, (4 * width + 5) * channels);
  assert(inside.every((value, c) => value > black[c]));
});

Deno.test("augmentBatch() flipped twice is the image itself", () => {
  const flipped = augmentBatch(dataset, train, indices, sameChoices(4, 4, 1));
  const plain = normaliseBatch(dataset, train, indices);
  assertNotEquals(flipped, plain);
  const row = width * channels;
  for (let start = 0; start < flipped.length; start += row) {
    for (let x = 0; x < width; x++) {
      const mirrored = start + (width - 1 - x) * channels;
      assertEquals(
        flipped.slice(mirrored, mirrored + channels),
        plain.slice(start + x * channels, start + (x + 1) * channels),
      );
    }
  }
});

Deno.test("augmentBatch() works for one channel", () => {
  const grey = smallDataset({ channels: 1 });
  assertEquals(
    augmentBatch(grey, grey.train, indices, sameChoices(4, 4, 0)),
    normaliseBatch(grey, grey.train, indices),
  );
});

Deno.test("drawAugmentation() draws exactly three numbers for each image, in the order top, left, flip", () => {
  const numbers = [0, 0.5, 0.4999, 0.9999, 0.1111, 0.5, 0.1112, 0.9, 0.999];
  let drawn = 0;
  const choices = drawAugmentation(3, () => numbers[drawn++]);
  assertEquals(drawn, 9);
  assertEquals(choices, {
    top: Uint8Array.of(0, 8, 1),
    left: Uint8Array.of(4, 0, 8),
    flip: Uint8Array.of(1, 0, 0),
  });
  drawn = 0;
  const unmirrored = drawAugmentation(3, () => numbers[drawn++], false);
  assertEquals(unmirrored, { ...choices, flip: new Uint8Array(3) });
});

Deno.test("drawAugmentation() draws all nine places and both flips about equally often", () => {
  const count = 9000;
  const { top, left, flip } = drawAugmentation(count, seedrandom("augmentation"));
  for (const places of [top, left]) {
    const counts = new Array<number>(9).fill(0);
    places.forEach((place) => counts[place]++);
    // 1000 ± 5 standard deviations of 30
    assert(counts.every((times) => Math.abs(times - 1000) < 150), `${counts}`);
  }
  const flips = flip.reduce((sum, value) => sum + value, 0);
  assert(Math.abs(flips - count / 2) < 250, `${flips} flips`);
});

Deno.test("drawAugmentation() gives the same choices for the same random numbers", () => {
  const draw = (seed: string) => drawAugmentation(50, seedrandom(seed));
  assertEquals(draw("a"), draw("a"));
  assertNotEquals(draw("a"), draw("b"));
});

Deno.test("augmentedImageNumbers() gives every crop and flip of every image its own number", () => {
  const images = 3;
  const count = images * AUGMENTATIONS;
  const all = Array.from({ length: count }, (_, k) => k);
  const numbers = augmentedImageNumbers(all.map((k) => Math.floor(k / AUGMENTATIONS)), {
    top: Uint8Array.from(all, (k) => Math.floor(k / 18) % 9),
    left: Uint8Array.from(all, (k) => Math.floor(k / 2) % 9),
    flip: Uint8Array.from(all, (k) => k % 2),
  });
  assertEquals([...numbers].sort((a, b) => a - b), all);
});
