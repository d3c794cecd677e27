import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { randomWorkload } from "../../lib/bench/random_workload.ts";
import { firstImages } from "../../lib/bench/workload.ts";
import { encodeWorkload } from "../../lib/bench/workload_file.ts";
import { decodeSafetensors } from "../../lib/nn/safetensors.ts";

const small = { batch: 12, student: "resnet8", teacher: "resnet8" };

Deno.test("randomWorkload() is the same each time and leaves no tensor behind", async () => {
  await startBackend("wasm");
  const before = tf.memory().numTensors;
  const [one, other] = [await randomWorkload(small), await randomWorkload(small)];
  assertEquals(one, other);
  assertEquals(one.shape, [12, 32, 32, 3]);
  assertEquals(one.settings.baseSamples, 3);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("firstImages() keeps the share of base samples, at least one", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  const half = firstImages(workload, 8);
  assertEquals(half.shape, [8, 32, 32, 3]);
  assertEquals(half.images, workload.images.slice(0, 8 * 32 * 32 * 3));
  assertEquals(half.labels, workload.labels.slice(0, 8));
  assertEquals(half.settings.baseSamples, 2);
  assertEquals(firstImages(workload, 1).settings.baseSamples, 1);
  assert(firstImages(workload, 12) === workload);
});

Deno.test("encodeWorkload() writes PyTorch's layout, and the settings as metadata", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  const { tensors, metadata } = decodeSafetensors(encodeWorkload(workload), "workload");
  const images = tensors.get("images")!;
  assertEquals(images.shape, [12, 3, 32, 32]);
  // Image 1, row 2, column 5, channel 2.
  assertEquals(
    images.data[((1 * 3 + 2) * 32 + 2) * 32 + 5],
    workload.images[((1 * 32 + 2) * 32 + 5) * 3 + 2],
  );
  assertEquals(tensors.get("teacher.conv1.weight")!.shape, [16, 3, 3, 3]);
  assertEquals(Number(metadata.alpha), 2.5);
  assertAlmostEquals(Number(metadata.beta), 2 / 3);
  assertEquals([metadata.studentDepth, metadata.baseSamples, metadata.eta], ["8", "3", "0.3"]);
});
