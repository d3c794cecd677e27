import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { measureKernelTime } from "../../lib/bench/kernel_time.ts";
import { PreparedWorkload } from "../../lib/bench/prepared_workload.ts";
import { randomWorkload } from "../../lib/bench/random_workload.ts";

Deno.test("measureKernelTime() returns a share of the step, and leaves the kernels unchanged", async () => {
  await startBackend("wasm");
  const kernels = () => tf.getKernelsForBackend("wasm").map(({ kernelFunc }) => kernelFunc);
  const before = kernels();
  const workload = await randomWorkload({ batch: 8, student: "resnet8", teacher: "resnet8" });
  const prepared = await PreparedWorkload.prepare(workload, { name: "plain" });
  const measured = await measureKernelTime(prepared, { warmUp: 1, timed: 1 });
  prepared.dispose();
  assert(measured !== null);
  assert(measured.overhead > 0 && measured.overhead < 1, `${measured.overhead}`);
  assert(measured.kernels > 100, `${measured.kernels}`);
  // The first convolution alone reads the images and writes 16 channels.
  assert(measured.bytes > 8 * 32 * 32 * (3 + 16) * 4, `${measured.bytes}`);
  assertEquals(kernels(), before);
});
