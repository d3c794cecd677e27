import { assert, assertEquals } from "@std/assert";
import { smallDataset } from "./small_run.ts";
import { testClassifier } from "../networks.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { normaliseBatch } from "../../lib/data/augment.ts";
import { imageSlices } from "../../lib/training/evaluation.ts";
import { precisionError } from "../../lib/teacher/precision.ts";

onUsableBackends("imageSlices() gives all images of a set once, in their order", async () => {
  const dataset = smallDataset(150);
  const { train } = dataset;
  const [pixels, labels]: [number[], number[]] = [[], []];
  for (const slice of imageSlices(dataset, train)) {
    assertEquals(slice.images.shape, [slice.labels.length, 8, 8, 1]);
    pixels.push(...await slice.images.data());
    labels.push(...slice.labels);
    slice.images.dispose();
  }
  assertEquals(labels, [...train.labels]);
  const all = Array.from({ length: 150 }, (_, k) => k);
  assertEquals(pixels, [...normaliseBatch(dataset, train, all)]);
});

onUsableBackends(
  "precisionError() is zero between a network and itself, and positive to another",
  async () => {
    const dataset = smallDataset(8, 70);
    const network = testClassifier();
    const other = testClassifier(undefined, "other");
    const none = await precisionError(network, network, dataset);
    assertEquals([none.images, none.largestError], [70, 0]);
    assertEquals(none.accuracy, none.exactAccuracy);
    const some = await precisionError(other, network, dataset);
    assertEquals(some.exactAccuracy, none.accuracy);
    assert(some.largestError > 0);
    network.dispose();
    other.dispose();
  },
);
