import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import util from "node:util";
import { loadTensorflow, type TensorflowPackage } from "../../lib/backend/tensorflow.ts";

/** Loads plain JavaScript as the backend "tensorflow", which says that it has a GPU or none. */
function standIn(isUsingGpuDevice: boolean): () => Promise<void> {
  return () => {
    tf.registerBackend("tensorflow", () => {
      const native = tf.engine().registryFactory.cpu.factory() as tf.KernelBackend;
      return Object.assign(native, { isUsingGpuDevice });
    });
    return Promise.resolve();
  };
}

/** Checks that a stand-in is the backend "tensorflow" now. */
function assertLoaded(isUsingGpuDevice: boolean): void {
  const backend = tf.findBackend("tensorflow") as { isUsingGpuDevice?: boolean };
  assertEquals(backend.isUsingGpuDevice, isUsingGpuDevice);
}

/** Fails like tfjs-node 4.22.0, whose message goes on with more paths and advice for npm. */
const notInstalled = () =>
  Promise.reject(
    new Error(
      "The Node.js native addon module (tfjs_binding.node) can not be found at path: /x/y.",
    ),
  );

const packageOf = (name: string, load: () => Promise<unknown>): TensorflowPackage => ({
  name,
  load,
});

/** Runs a test and restores the backends. */
async function withoutTensorflow(test: () => Promise<void>): Promise<void> {
  try {
    await test();
  } finally {
    tf.removeBackend("tensorflow");
    await tf.setBackend("cpu");
  }
}

Deno.test("loadTensorflow() restores util.isNullOrUndefined before it loads the package", async () => {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  let answers: boolean[] = [];
  const load = () => {
    answers = [null, undefined, 0, ""].map((value) => legacy.isNullOrUndefined!(value));
    return Promise.resolve();
  };
  await loadTensorflow([packageOf("gpu", load)], false);
  assertEquals(answers, [true, true, false, false]);
});

Deno.test("loadTensorflow() takes the package for the processor if only that is installed", async () => {
  await withoutTensorflow(async () => {
    const packages = [packageOf("gpu", notInstalled), packageOf("cpu only", standIn(false))];
    await loadTensorflow(packages, false);
    assertLoaded(false);
  });
});

Deno.test("loadTensorflow() names the missing library and its command, without the package's advice for npm", async () => {
  const packages = [packageOf("gpu", notInstalled), packageOf("cpu only", notInstalled)];
  const { message } = await assertRejects(() => loadTensorflow(packages, false)) as Error;
  assertEquals(
    message,
    "the native library of gpu is not installed; deno task setup --gpu installs it",
  );
});

Deno.test("loadTensorflow() gives the reason why an installed package does not load", async () => {
  const broken = () => Promise.reject(new Error("libcudart.so.11.0: cannot open\nmore lines"));
  const error = await assertRejects(() => loadTensorflow([packageOf("gpu", broken)], false));
  assertStringIncludes(
    (error as Error).message,
    "gpu does not load (libcudart.so.11.0: cannot open)",
  );
});

Deno.test("loadTensorflow() refuses a library without a GPU if it needs one, and takes one with a GPU", async () => {
  await withoutTensorflow(async () => {
    const error = await assertRejects(() =>
      loadTensorflow([packageOf("gpu", standIn(false))], true)
    );
    assertStringIncludes((error as Error).message, "finds no GPU");
  });
  await withoutTensorflow(async () => {
    await loadTensorflow([packageOf("gpu", standIn(true))], true);
    assertLoaded(true);
  });
});
