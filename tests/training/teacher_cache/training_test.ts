import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { resolveMethodOptions } from "../../../lib/distillation/method.ts";
import { methodNamed } from "../../../lib/distillation/methods.ts";
import { beginStep } from "../../../lib/training/step.ts";
import { GradientAccumulator } from "../../../lib/training/gradients.ts";
import type { Network } from "../../../lib/nn/network.ts";
import { makeBatch } from "../../../lib/training/batches.ts";
import { teacherLogitKey } from "../../../lib/training/teacher_cache/key.ts";
import { onFastBackends, onUsableBackends } from "../../on_every_backend.ts";
import { outcomeOf } from "../outcome_of.ts";
import {
  smallDataset,
  smallSpecification,
  smallTeacher,
  testEnvironment,
  withFolder,
} from "../small_run.ts";
import { bitsOf, withCache } from "./small_teacher_cache.ts";
import { uniformNumbers } from "../../numbers.ts";

const cachedShares = (rows: readonly Record<string, unknown>[]) =>
  rows.map(({ teacher_cached }) => teacher_cached);

/** Leaves out the column that depends on the cache. */
const withoutShares = (
  { rows, weights }: { rows: Record<string, unknown>[]; weights: string },
) => ({
  rows: rows.map((row) => ({ ...row, teacher_cached: null })),
  weights,
});

/** A run with an attack on pixels in 0…1, which are rounded differently from normalised ones. */
const onPixels = {
  ...smallSpecification("bss"),
  options: resolveMethodOptions(methodNamed("bss"), {
    attack: "carlini-wagner",
    searchSteps: 2,
    maxSteps: 5,
    baseSamples: 4,
  }),
};

/** A stand-in that ignores the teacher's pass over the mini-batch. */
const noisy = {
  ...smallSpecification("bss"),
  options: resolveMethodOptions(methodNamed("bss"), {
    attack: "noise",
    length: "given",
    baseSamples: 4,
  }),
};

for (
  const [what, specification] of [
    ["hinton", smallSpecification("hinton")],
    ["bss", smallSpecification("bss")],
    ["bss with an attack on pixels", onPixels],
    ["bss with noise of a given length", noisy],
  ] as const
) {
  onFastBackends(
    `train() gives ${what} the same weights without a cache, with an empty one and with a full one`,
    async (backend) => {
      await withFolder(async (folder) => {
        const teacherCache = { folder, mebibytes: 16 };
        const none = await outcomeOf(specification, backend);
        const cold = await outcomeOf(specification, backend, { teacherCache });
        const warm = await outcomeOf(specification, backend, { teacherCache });
        assertEquals(cachedShares(none.rows), [0, 0]);
        assertEquals(cachedShares(cold.rows), [0, 0]);
        // Two mini-batches an epoch; the first of all is computed to confirm the cache.
        assertEquals(cachedShares(warm.rows), [0.5, 1]);
        assertEquals(withoutShares(cold), withoutShares(none));
        assertEquals(withoutShares(warm), withoutShares(none));
      });
    },
  );
}

for (const method of ["hinton", "bss"]) {
  onFastBackends(`train() resumes method ${method} bit for bit from a cache`, async (backend) => {
    await withFolder(async (folder) => {
      const specification = smallSpecification(method);
      const settings = {
        teacherCache: { folder, mebibytes: 16 },
        checkpoints: join(folder, "checkpoints"),
      };
      const none = await outcomeOf(specification, backend);
      const abort = new AbortController();
      await assertRejects(() =>
        outcomeOf(specification, backend, {
          ...settings,
          signal: abort.signal,
          // The run stops within the second epoch, whose first mini-batch is then in the cache.
          onProgress: ({ step }) => step === 3 && abort.abort(),
        }), DOMException);
      assertEquals(
        withoutShares(await outcomeOf(specification, backend, settings)),
        withoutShares(none),
      );
    });
  });
}

onFastBackends(
  "train() shares the teacher's logits between methods of a seed, but not between seeds",
  async (backend) => {
    await withFolder(async (folder) => {
      const teacherCache = { folder, mebibytes: 16 };
      await outcomeOf(smallSpecification("hinton"), backend, { teacherCache });
      const bss = await outcomeOf(smallSpecification("bss"), backend, { teacherCache });
      assertEquals(cachedShares(bss.rows), [0.5, 1]);
      const other = await outcomeOf(smallSpecification("hinton", { seed: 2 }), backend, {
        teacherCache,
      });
      assertEquals(cachedShares(other.rows), [0, 0]);
    });
  },
);

onFastBackends("train() without a teacher records null and opens no cache", async (backend) => {
  await withFolder(async (folder) => {
    const teacherCache = { folder, mebibytes: 16 };
    const { rows } = await outcomeOf(smallSpecification("original"), backend, { teacherCache });
    assertEquals(cachedShares(rows), [null, null]);
    await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  });
});

onFastBackends(
  "train() continues without a cache if it cannot make one, and says so",
  async (backend) => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(folder, "a file, not a folder");
      const messages: string[] = [];
      await outcomeOf(smallSpecification("hinton"), backend, {
        teacherCache: { folder, mebibytes: 16 },
        onMessage: (text) => messages.push(text),
      });
      assertEquals(messages.length, 1);
      assertStringIncludes(messages[0], "no teacher logits are kept");
    });
  },
);

onUsableBackends(
  "teacherPass() gives the teacher's logits, computed or from the cache",
  async (backend) => {
    await withFolder(async (folder) => {
      const dataset = smallDataset();
      const teacher = smallTeacher();
      const key = teacherLogitKey(dataset, { hash: "0", classes: 4 }, 3, testEnvironment(backend));
      const random = uniformNumbers(60, "augmentation").map((value) => (value + 1) / 2).values();
      const batch = makeBatch(dataset, Int32Array.of(3, 9, 4), () => random.next().value!);
      const expected = teacher.logits(batch.images);
      const bits = bitsOf(await expected.data<"float32">());
      await withCache(folder, { key }, async (cache) => {
        const cases = [
          { attackFollows: true, teacherCache: null, cached: 0 },
          { attackFollows: false, teacherCache: null, cached: 0 },
          { attackFollows: true, teacherCache: cache, cached: 0 },
          { attackFollows: true, teacherCache: cache, cached: 3 },
        ];
        const before = tf.memory().numTensors;
        for (const { attackFollows, teacherCache, cached } of cases) {
          const copy = { images: tf.clone(batch.images), labels: tf.clone(batch.labels) };
          const step = beginStep({ ...batch, ...copy }, {
            normalisation: dataset,
            trainingLabels: dataset.train.labels,
            teacher,
            teacherCache,
            gradients: new GradientAccumulator({} as Network, new Map()),
            variables: new Map(),
            stage: "train",
            epoch: 1,
            epochs: 1,
            random: () => Math.random,
            timed: async (_phase, work) => await work(),
          });
          const logits = await step.teacherPass({ attackFollows });
          assertEquals([step.counts.asked, step.counts.cached], [3, cached]);
          assertEquals(logits.shape, [3, 4]);
          assertEquals(bitsOf(await logits.data<"float32">()), bits);
          // A method may ask twice.
          await step.teacherPass({ attackFollows });
          step.dispose();
          assert(logits.isDisposed);
          assertEquals(tf.memory().numTensors, before);
        }
      });
      tf.dispose([batch.images, batch.labels, expected]);
      teacher.dispose();
    });
  },
);

Deno.test("teacherLogitKey() differs for parts of a data set with the same fingerprint", () => {
  const dataset = smallDataset();
  const { train } = dataset;
  const key = (changed: object) =>
    teacherLogitKey(
      { ...dataset, ...changed },
      { hash: "0", classes: 4 },
      10,
      testEnvironment("wasm"),
    ).images;
  const whole = key({});
  const half = { ...train, images: train.images.slice(0, train.images.length / 2), count: 10 };
  const reversed = { ...train, images: train.images.slice().reverse() };
  assertEquals(key({ train: { ...train } }), whole);
  for (const changed of [{ train: half }, { train: reversed }, { mean: [0.5] }, { std: [0.3] }]) {
    assert(key(changed) !== whole, JSON.stringify(Object.keys(changed)));
  }
});

Deno.test("teacherLogitKey() has the precision of the teacher and the environment", () => {
  const environment = { ...testEnvironment("onednn"), threads: 2, arithmetic: { a: "b" } };
  const key = (precision?: "bf16") =>
    teacherLogitKey(smallDataset(), { hash: "0", classes: 4, precision }, 3, environment);
  assertEquals({ ...key(), ...environment, precision: "f32" }, key());
  assertEquals(key("bf16"), { ...key(), precision: "bf16" });
});
