import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { backends } from "../../../lib/backend/backends.ts";
import { DeviceError } from "../../../lib/backend/device_error.ts";
import { finishWork, queuesWork } from "../../../lib/backend/finish_work.ts";
import { startBackend } from "../../../lib/backend/start_backend.ts";
import type { CheckedWebgpuBackend } from "../../../lib/backend/webgpu/checked_webgpu_backend.ts";
import { channelMoments } from "../../../lib/backend/webgpu/channel_moments.ts";
import { requestAdapter } from "../../../lib/backend/webgpu/request_device.ts";
import { rowBlocks, sumBlocks } from "../../../lib/backend/webgpu/row_blocks.ts";
import { UserError } from "../../../lib/user_error.ts";
import { testClassifier, testImages } from "../../networks.ts";
import { assertClose, uniformNumbers } from "../../numbers.ts";
import { outcomeOf } from "../../training/outcome_of.ts";
import { smallSpecification, withFolder } from "../../training/small_run.ts";
import { valuesOf } from "../../values_of.ts";
import { onWebgpu } from "./on_webgpu.ts";

/** A size large enough for the device: TensorFlow.js may compute small tensors on the processor. */
const SIZE = 4096;

onWebgpu("'auto' passes over a driver that computes on the processor", async () => {
  const { info } = await requestAdapter();
  const candidates = backends.filter(({ name }) => name === "webgpu" || name === "cpu");
  const { backend, passedOver } = await startBackend("auto", { candidates });
  assertEquals(backend.name, info.isFallbackAdapter ? "cpu" : "webgpu");
  if (info.isFallbackAdapter) assertStringIncludes(passedOver[0].reason, info.description);
  await startBackend("webgpu");
});

onWebgpu("the device has the adapter's own limits for buffers and workgroups", async (backend) => {
  const { limits } = await requestAdapter();
  assertEquals(backend.device.limits.maxBufferSize, limits.maxBufferSize);
  assertEquals(
    backend.device.limits.maxComputeInvocationsPerWorkgroup,
    limits.maxComputeInvocationsPerWorkgroup,
  );
});

onWebgpu("a synchronous read from the device is an error that names the asynchronous one", () => {
  tf.tidy(() => {
    const sum = tf.add(tf.ones([SIZE]), 1);
    assertThrows(() => sum.dataSync(), Error, "await tensor.data()");
  });
});

for (const [rows, channels] of [[7, 3], [4096, 16], [70_000, 5]]) {
  onWebgpu(
    `moments of ${rows} rows of ${channels} channels keep their digits far from zero`,
    async (backend) => {
      const values = uniformNumbers(rows * channels, "moments").map((value) => 1000 + value);
      const moments = await valuesOf(() =>
        channelMoments(backend, tf.tensor4d(values, [1, rows, 1, channels]))
      );
      const means = Array.from(
        { length: channels },
        (_, c) => meanOf(values.filter((_, k) => k % channels === c)),
      );
      const variances = means.map((mean, c) =>
        meanOf(
          [...values].filter((_, k) => k % channels === c).map((value) => (value - mean) ** 2),
        )
      );
      assertClose(moments.slice(0, channels), means, 1e-6, "means");
      assertClose(moments.slice(channels), variances, 1e-3, "variances");
    },
  );
}

/** Computes the mean in float64. */
function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

Deno.test("rowBlocks() covers all rows without an empty block", () => {
  for (const rows of [1, 2, 63, 64, 1000, 262_144]) {
    for (const columns of [1, 16, 2304, 100_000]) {
      const { rowsPerBlock, blocks } = rowBlocks(rows, columns);
      assert(rowsPerBlock * blocks >= rows && rowsPerBlock * (blocks - 1) < rows);
    }
  }
});

onWebgpu("sumBlocks() adds up every column of many blocks", async (backend) => {
  const [blocks, columns] = [300, 70];
  const values = uniformNumbers(blocks * columns, "blocks");
  const sums = await valuesOf(() => sumBlocks(backend, tf.tensor2d(values, [blocks, columns])));
  const expected = Array.from(
    { length: columns },
    (_, column) => values.reduce((sum, value, k) => k % columns === column ? sum + value : sum, 0),
  );
  assertClose(sums, expected, 1e-5);
});

onWebgpu("finishWork() waits until all queued work is done", async () => {
  assert(queuesWork());
  const seconds = async () => {
    const start = performance.now();
    await finishWork();
    return (performance.now() - start) / 1000;
  };
  await seconds();
  const product = tf.tidy(() => {
    const x = tf.fill([512, 512], 1 / 512);
    return Array.from({ length: 5 }).reduce<tf.Tensor>((product) => tf.matMul(product, x), x);
  });
  const [busy, idle] = [await seconds(), await seconds()];
  assert(busy > 3 * idle, `${busy} s with 5 products to be made, ${idle} s with none`);
  product.dispose();
});

onWebgpu("an image has the same logits, bit for bit, in a mini-batch of any size", async () => {
  const classifier = testClassifier();
  const logitsOf = (images: tf.Tensor4D) => valuesOf(() => classifier.logits(images));
  const images = testImages(40);
  const onDevice = tf.tidy(() => images.slice([0], [8]));
  const whole = await logitsOf(images);
  assertEquals(await logitsOf(onDevice), whole.slice(0, whole.length / 5));
  tf.dispose([images, onDevice]);
  classifier.dispose();
});

onWebgpu(
  "exponentials are the same, bit for bit, for values on the device and on the host",
  async () => {
    const values = uniformNumbers(64, "values");
    const shares = (x: tf.Tensor) => tf.softmax(tf.exp(x));
    const here = await valuesOf(() => shares(tf.tensor1d(values)));
    const there = await valuesOf(() =>
      shares(tf.concat([tf.tensor1d(values), tf.zeros([SIZE])]).slice([0], [64]))
    );
    assertEquals(here, there);
  },
);

onWebgpu("memory on the device does not grow over 200 steps", async (backend) => {
  const x = tf.tensor(uniformNumbers(4 * 8 * 8 * 4, "x"), [4, 8, 8, 4]) as tf.Tensor4D;
  const filter = tf.tidy(() =>
    tf.variable(tf.tensor(uniformNumbers(9 * 4 * 4, "w"), [3, 3, 4, 4]))
  ) as tf.Variable<tf.Rank.R4>;
  const used: number[] = [];
  for (let step = 0; step < 200; step++) {
    const loss = tf.tidy(() =>
      tf.variableGrads(() => tf.sum(tf.square(tf.conv2d(x, filter, 1, 1))) as tf.Scalar).value
    );
    await loss.data();
    loss.dispose();
    used.push(backend.memory().numBytesAllocatedInGPU);
  }
  assertEquals(used.at(-1), used[10], `bytes: ${used}`);
  tf.dispose([x, filter]);
});

onWebgpu("work that the device refuses is an error with the reason", async (backend) => {
  backend.device.createBuffer({ size: 2 ** 40, usage: GPUBufferUsage.STORAGE });
  await finishWork();
  const sum = () => valuesOf(() => tf.add(tf.ones([SIZE]), 1));
  await assertRejects(sum, DeviceError, "the GPU refused its work");
  // The error is reported only once: later work may be possible.
  assertEquals((await sum())[0], 2);
});

onWebgpu(
  "a lost device is an error, and starting the backend again opens a new one",
  async (backend) => {
    const x = tf.tidy(() => tf.add(tf.ones([SIZE]), 1));
    backend.device.destroy();
    await backend.device.lost;
    await assertRejects(() => x.data(), DeviceError, "the GPU was lost");
    assertThrows(() => tf.tidy(() => tf.add(x, 1)), DeviceError, "the GPU was lost");
    x.dispose();
    await startBackend("webgpu");
    assert(tf.backend() as unknown !== backend);
    assertEquals(await valuesOf(() => tf.add(tf.ones([2]), 1)), [2, 2]);
  },
);

onWebgpu("each use of a device is an error as soon as it is lost", async (backend) => {
  const x = tf.tidy(() => tf.add(tf.ones([SIZE]), 1));
  backend.device.destroy();
  assertThrows(() => tf.tidy(() => tf.add(x, 1)), DeviceError, "the GPU was lost");
  await assertRejects(() => x.data(), DeviceError, "the GPU was lost");
  x.dispose();
  await startBackend("webgpu");
  (tf.backend() as CheckedWebgpuBackend).device.destroy();
  await startBackend("webgpu");
  assertEquals(await valuesOf(() => tf.add(tf.ones([2]), 1)), [2, 2]);
});

onWebgpu(
  "train() names the last checkpoint if the device is lost, and can go on from it",
  async () => {
    const specification = smallSpecification("hinton", { epochs: 3 });
    const whole = await outcomeOf(specification, "webgpu");
    await withFolder(async (checkpoints) => {
      const { device } = tf.backend() as CheckedWebgpuBackend;
      const loseInSecondEpoch = ({ step }: { step: number }) => step === 3 && device.destroy();
      const error = await assertRejects(
        () => outcomeOf(specification, "webgpu", { checkpoints, onProgress: loseInSecondEpoch }),
        UserError,
      );
      assertStringIncludes(error.message, "the GPU was lost");
      assertStringIncludes(error.message, "the last good checkpoint is");
      await startBackend("webgpu");
      assertEquals(await outcomeOf(specification, "webgpu", { checkpoints }), whole);
    });
  },
);
