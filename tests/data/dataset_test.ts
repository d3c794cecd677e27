import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { smallDataset } from "./small_dataset.ts";
import { type Dataset, type ImageSet, withFingerprint } from "../../lib/data/dataset.ts";
import { imageTensor } from "../../lib/training/batches.ts";
import { UserError } from "../../lib/user_error.ts";

const dataset = smallDataset();

function changed(change: Partial<Dataset>): string {
  return withFingerprint({ ...dataset, ...change }).fingerprint;
}

function flipFirstBit(set: ImageSet, part: "images" | "labels"): ImageSet {
  const copy = set[part].slice();
  copy[0] ^= 1;
  return { ...set, [part]: copy };
}

Deno.test("withFingerprint() gives the same content the same fingerprint", () => {
  assertMatch(dataset.fingerprint, /^[0-9a-f]{64}$/);
  assertEquals(smallDataset().fingerprint, dataset.fingerprint);
  assertEquals(changed({ title: "another", provenance: "verified" }), dataset.fingerprint);
});

Deno.test("withFingerprint() notices a changed bit, label or shape", () => {
  const { train, test, height, width } = dataset;
  const prints = [
    dataset.fingerprint,
    changed({ train: flipFirstBit(train, "images") }),
    changed({ train: flipFirstBit(train, "labels") }),
    changed({ test: flipFirstBit(test, "images") }),
    changed({ test: flipFirstBit(test, "labels") }),
    changed({ train: test, test: train }),
    changed({ height: width, width: height }),
    changed({ hasFlips: false }),
  ];
  assertEquals(new Set(prints).size, prints.length);
  assertNotEquals(height, width);
});

Deno.test("withFingerprint() notices the upper byte of a label", () => {
  const withLabel = (label: number) => {
    const labels = Uint16Array.from(dataset.train.labels);
    labels[1] = label;
    return changed({ train: { ...dataset.train, labels } });
  };
  assertNotEquals(withLabel(1), withLabel(257));
});

Deno.test("imageTensor() names an image that the set does not have", () => {
  for (const wrong of [6, -1, 0.5, NaN]) {
    assertThrows(
      () => imageTensor(dataset, dataset.test, [0, wrong]),
      UserError,
      `there is no image ${wrong}; the set has the images 0…5`,
    );
  }
});
