import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { datasetFor, imageCounts, runName } from "../../lib/training/run_specification.ts";
import { UserError } from "../../lib/user_error.ts";
import { smallDataset, smallSpecification } from "./small_run.ts";

const { dataset: whole, ...others } = smallSpecification();
const VALIDATION = 0.2;

function partOf(more: { fraction?: number; testImages?: number; validation?: number }, seed = 1) {
  return datasetFor(smallDataset(40, 12), { dataset: { ...whole, ...more }, seed });
}

/** The images of a set as texts: no two are equal here. */
function imagesOf({ images, count }: ReturnType<typeof smallDataset>["train"]): string[] {
  const size = images.length / count;
  return Array.from(
    { length: count },
    (_, i) => images.subarray(i * size, (i + 1) * size).join(),
  );
}

Deno.test("datasetFor() tests on training images that it holds out, evenly of each class", () => {
  const { train, test } = partOf({ validation: VALIDATION });
  assertEquals([train.count, test.count], [32, 8]);
  const all = partOf({});
  assertEquals(
    [...imagesOf(train), ...imagesOf(test)].sort(),
    imagesOf(all.train).sort(),
    "each training image is in one of the two, once",
  );
  const ofClass = (label: number) => [...test.labels].filter((one) => one === label).length;
  assertEquals([0, 1, 2, 3].map(ofClass), [2, 2, 2, 2]);
  const tests = new Set(imagesOf(all.test));
  assert([...imagesOf(train), ...imagesOf(test)].every((image) => !tests.has(image)));
});

Deno.test("datasetFor() holds the same images out whatever the seed and the share", () => {
  const held = imagesOf(partOf({ validation: VALIDATION }).test);
  const other = partOf({ validation: VALIDATION, fraction: 0.5 }, 2);
  assertEquals(imagesOf(other.test), held);
  assertEquals(other.train.count, 16);
  assertEquals(imagesOf(other.train).filter((image) => held.includes(image)), []);
  assertEquals(partOf({ validation: VALIDATION, testImages: 4 }).test.count, 4);
});

Deno.test("datasetFor() takes the same test images whatever the seed", () => {
  const tested = (seed: number) => imagesOf(partOf({ fraction: 0.5, testImages: 8 }, seed).test);
  assertEquals(tested(1).length, 8);
  for (const seed of [2, 3, 4]) assertEquals(tested(seed), tested(1));
});

Deno.test("a run's identity names the share of validation images only where there are some", () => {
  const of = (dataset: typeof whole) => runName({ dataset, ...others });
  assertEquals(of({ ...whole, validation: undefined }), of(whole));
  assertNotEquals(of({ ...whole, validation: VALIDATION }), of(whole));
});

Deno.test("imageCounts() counts what datasetFor() takes", () => {
  const counts = { train: { count: 40 }, test: { count: 12 } };
  assertEquals(imageCounts(counts, {}), { train: 40, test: 12 });
  const { train, test } = partOf({ validation: VALIDATION });
  assertEquals(imageCounts(counts, { validation: VALIDATION }), {
    train: train.count,
    test: test.count,
  });
});

Deno.test("datasetFor() refuses a share of the training images that is none", () => {
  for (const fraction of [20, 0, -1, NaN]) {
    assertThrows(() => partOf({ fraction }), UserError, `the fraction of a set is ${fraction}`);
  }
});
