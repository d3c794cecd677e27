import { assertEquals, assertNotEquals } from "@std/assert";
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
