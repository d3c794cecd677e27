import { assertEquals, assertNotEquals } from "@std/assert";
import { sha256 } from "../../lib/files/sha256.ts";
import { initialiseResNet } from "../../lib/nn/initialise.ts";
import { encodeResNet } from "../../lib/nn/weights_file.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { RandomStreams } from "../../lib/training/random_streams.ts";
import { datasetFor } from "../../lib/training/run_specification.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallDataset, smallSpecification } from "./small_run.ts";

Deno.test("datasetFor() draws the training images by the seed, and the same test images for all", () => {
  const part = (seed: number) => {
    const { dataset } = smallSpecification();
    return datasetFor(smallDataset(40, 12), {
      dataset: { ...dataset, fraction: 0.5, testImages: 4 },
      seed,
    });
  };
  assertEquals(part(1).train, part(1).train);
  assertNotEquals(part(1).train.images, part(2).train.images);
  assertEquals(part(1).test, part(2).test);
});

Deno.test("seed 1 gives the initial weights of the stored runs", async () => {
  const { metadata } = await (await ResultsFolder.openToRead("results/cifar10"))
    .read("runs/cifar10-resnet8-bss-paper-seed1-5ea8ac4b08");
  const random = new RandomStreams(1).stream("init");
  const network = initialiseResNet({ depth: 8, channels: 3, classes: 10 }, random);
  assertEquals(sha256(await encodeResNet(network, {})), metadata.initial_weights);
  network.dispose();
});

onAutomaticBackend(
  "train() starts all methods of a seed from the same weights, and each seed from others",
  async (backend) => {
    const start = async (method: string, seed: number) =>
      (await outcomeOf(smallSpecification(method, { epochs: 1, seed }), backend)).initialWeights;
    const first = await start("original", 1);
    assertEquals([await start("bss", 1), await start("fitnet", 1)], [first, first]);
    assertNotEquals(await start("original", 2), first);
  },
);
