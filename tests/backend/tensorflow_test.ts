import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import util from "node:util";
import { loadTensorflow, type TensorflowPackage } from "../../lib/backend/tensorflow.ts";

/** What the native package registers: here plain JavaScript that says whether it has a GPU. */
function standIn(isUsingGpuDevice: boolean): () => Promise<void> {
  return () => {
    tf.registerBackend("tensorflow", () => {
      const native = tf.engine().registryFactory.cpu.factory() as tf.KernelBackend;
      return Object.assign(native, { isUsingGpuDevice });
    });
    return Promise.resolve();
  };
}

/** As tfjs-node 4.22.0 complains; its next lines hold more paths and advice for npm. */
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

/** Runs with backends as they were before. */
async function withoutTensorflow(test: () => Promise<void>): Promise<void> {
  try {
    await test();
  } finally {
    tf.removeBackend("tensorflow");
    await tf.setBackend("cpu");
  }
}

Deno.test("loadTensorflow() has put back what tfjs-node 4.22.0 calls before it loads the package", async () => {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  let answers: boolean[] = [];
  const load = () => {
    answers = [null, undefined, 0, ""].map((value) => legacy.isNullOrUndefined!(value));
    return Promise.resolve();
  };
  assertEquals(await loadTensorflow([packageOf("gpu", load)], false), "gpu");
  assertEquals(answers, [true, true, false, false]);
});

Deno.test("loadTensorflow() takes the package for the processor where only that is installed", async () => {
  await withoutTensorflow(async () => {
    const packages = [packageOf("gpu", notInstalled), packageOf("cpu only", standIn(false))];
    assertEquals(await loadTensorflow(packages, false), "cpu only");
  });
});

Deno.test("loadTensorflow() says what is missing, without the package's advice for npm, and what installs it", async () => {
  const packages = [packageOf("gpu", notInstalled), packageOf("cpu only", notInstalled)];
  const { message } = await assertRejects(() => loadTensorflow(packages, false)) as Error;
  assertEquals(
    message,
    "the native library of gpu is not installed; deno task setup --gpu installs it",
  );
});

Deno.test("loadTensorflow() gives the reason of a package that is installed and does not load", async () => {
  const broken = () => Promise.reject(new Error("libcudart.so.11.0: cannot open\nmore lines"));
  const error = await assertRejects(() => loadTensorflow([packageOf("gpu", broken)], false));
  assertStringIncludes(
    (error as Error).message,
    "gpu does not load (libcudart.so.11.0: cannot open)",
  );
});

Deno.test("loadTensorflow() that needs a GPU refuses a library that finds none, and takes one that does", async () => {
  await withoutTensorflow(async () => {
    const error = await assertRejects(() =>
      loadTensorflow([packageOf("gpu", standIn(false))], true)
    );
    assertStringIncludes((error as Error).message, "finds no GPU");
  });
  await withoutTensorflow(async () => {
    assertEquals(await loadTensorflow([packageOf("gpu", standIn(true))], true), "gpu");
  });
});
