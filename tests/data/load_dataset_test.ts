import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Dataset, Labels } from "../../lib/data/dataset.ts";
import { checkDataset, loadDataset } from "../../lib/data/load_dataset.ts";
import { UserError } from "../../lib/user_error.ts";
import { smallDataset } from "./small_dataset.ts";

Deno.test("loadDataset() lists the valid names for an unknown one", async () => {
  await assertRejects(
    () => loadDataset("mnist"),
    UserError,
    'there is no data set "mnist"; choose from fashion-mnist-subset, fashion-mnist, cifar10, ' +
      "cifar100, cifar100-coarse, tiny-imagenet, imagenet32",
  );
});

Deno.test("loadDataset() names the part of a new data set that does not fit the others", () => {
  const good = smallDataset();
  const { train } = good;
  checkDataset("small", good);
  const faults: readonly [Partial<Dataset>, string][] = [
    [{ name: "blobs" }, 'calls itself "blobs"'],
    [{ classes: ["one"] }, "needs two classes or more, but has 1"],
    [{ classes: 2 as unknown as string[] }, "needs its classes as a list of names"],
    [{ fingerprint: "" }, "needs the fingerprint of its images"],
    [
      { train: { ...train, labels: [...train.labels] as unknown as Labels } },
      "a typed array of labels",
    ],
    [{ train: { ...train, labels: Uint8Array.of(0, 1, 2, 0, 1, 0) } }, "has the label 2"],
    [
      { train: { ...train, labels: Int32Array.of(0, 1, -1, 0, 1, 0) as unknown as Labels } },
      "has the label -1",
    ],
    [
      { test: { ...train, images: new Float32Array(2160) as unknown as Uint8Array } },
      'has no Uint8Array of pixels, 0…255, in "test"',
    ],
    [{ train: { ...train, labels: train.labels.slice(1) } }, "has 5 labels"],
    [{ test: { ...train, images: train.images.slice(1) } }, '2159 pixels for 6 images in "test"'],
    [{ test: { ...train, count: 0 } }, "at least one image"],
    [{ mean: [0.5] }, "has the mean [0.5], but needs one number a channel (3)"],
    [{ mean: [127, 125, 120] }, "of pixels in 0…1"],
    [{ std: [0, 0.2, 0.2] }, "has the std [0,0.2,0.2]"],
    [{ std: undefined }, "has the std undefined"],
  ];
  for (const [fault, message] of faults) {
    const bad = { ...good, ...fault } as Dataset;
    assertThrows(() => checkDataset("small", bad), UserError, message);
  }
  for (const name of ["my stripes", "a..b", "-"]) {
    assertThrows(() => checkDataset(name, { ...good, name }), UserError, "needs a name of letters");
  }
});

Deno.test("loadDataset() loads the data set of that name", async () => {
  assertEquals((await loadDataset("fashion-mnist-subset")).name, "fashion-mnist-subset");
});
