import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { defineMethod, resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methods } from "../../lib/distillation/methods.ts";
import { crossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { datasetFor } from "../../lib/training/run_specification.ts";
import { UserError } from "../../lib/user_error.ts";
import { onAutomaticBackend, onEveryBackend, onFastBackends } from "../on_every_backend.ts";
import { testClassifier, testNetwork, TINY } from "../networks.ts";
import { assertLossesFall } from "./assert_losses_fall.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallDataset, smallSpecification, withFolder } from "./small_run.ts";

for (const method of methods) {
  const { name } = method;
  const { length: stages } = method.stages(resolveMethodOptions(method), 2);
  const onBackends = name === "bss" ? onEveryBackend : onFastBackends;
  onBackends(
    `train() lowers the loss of every stage with method ${name}`,
    async (backend) => {
      // Plain JavaScript is fifty times as slow, and each new shape costs WebGPU a compilation.
      const isSlow = ["cpu", "webgpu"].includes(backend);
      // A first stage is half as long as the second.
      const epochs = stages === 2 ? 6 : isSlow ? 4 : 2;
      const specification = smallSpecification(name, { epochs, learningRate: 0.03 });
      const dataset = isSlow ? smallDataset(10, 4) : smallDataset();
      const { rows } = await outcomeOf(specification, backend, { dataset });
      assertLossesFall(rows);
    },
  );
}

onAutomaticBackend("train() gives a step the indices and labels of its images", async (backend) => {
  const seen: number[] = [];
  const method = defineMethod({
    name: "original",
    summary: "labels alone, with a record of the indices",
    options: {},
    needsTeacher: false,
    async step(_options, { images, labels, labelValues, indices, trainingLabels, studentPass }) {
      seen.push(...indices);
      assertEquals(indices.map((index) => trainingLabels[index]), labelValues);
      assertEquals(trainingLabels, smallDataset().train.labels);
      await studentPass(images, ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) }));
    },
  });
  await outcomeOf(smallSpecification("original", { epochs: 1 }), backend, { method });
  assertEquals(seen.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, index) => index));
});

onAutomaticBackend(
  "train() refuses a step that asks for the teacher of a method without one",
  async (backend) => {
    const method = defineMethod({
      name: "original",
      summary: "asks for a teacher",
      options: {},
      needsTeacher: false,
      async step(_options, { teacherPass }) {
        await teacherPass();
      },
    });
    await assertRejects(
      () => outcomeOf(smallSpecification("original", { epochs: 1 }), backend, { method }),
      UserError,
      "a method that says needsTeacher: false must not ask for the teacher",
    );
  },
);

onFastBackends(
  "train() evaluates as often as the protocol says, after the last epoch too, and ends in the same weights",
  async (backend) => {
    const specification = smallSpecification("fitnet", { epochs: 4 });
    const whole = await outcomeOf(specification, backend);
    const protocol = { ...specification.protocol, evaluateEvery: 4 };
    const { rows, weights } = await outcomeOf({ ...specification, protocol }, backend);
    assertEquals(weights, whole.weights);
    // A first stage of two epochs, then four
    const accuracies = whole.rows.map(({ test_accuracy }) => test_accuracy);
    const expected = [null, null, null, accuracies[3], null, accuracies[5]];
    assertEquals(rows.map(({ test_accuracy }) => test_accuracy), expected);
  },
);

/**
 * A run whose first step makes the weights so large that the second fails. In a narrow network the
 * ReLUs turn what is not a number into zeros.
 */
const DIVERGING = { ...smallSpecification("original", { learningRate: 1e30 }), student: "resnet8" };

/** Gives the message of the run that fails. */
async function failureOf(backend: string, checkpoints: string): Promise<string> {
  const run = () => outcomeOf(DIVERGING, backend, { checkpoints });
  return (await assertRejects(run, UserError)).message;
}

onFastBackends("train() stops at a loss that is not finite, and says where", async (backend) => {
  await withFolder(async (checkpoints) => {
    const message = await failureOf(backend, checkpoints);
    assertStringIncludes(message, "the loss is not finite");
    assertStringIncludes(message, "epoch 1, step 2; there is no checkpoint");
  });
});

onFastBackends(
  "train() names the last good checkpoint when it stops at a loss that is not finite",
  async (backend) => {
    await withFolder(async (checkpoints) => {
      const abort = new AbortController();
      await assertRejects(
        () =>
          outcomeOf(DIVERGING, backend, {
            checkpoints,
            signal: abort.signal,
            onProgress: () => abort.abort(),
          }),
        DOMException,
      );
      const file = join(checkpoints, "epoch-00001-step-00000001.safetensors");
      const message = await failureOf(backend, checkpoints);
      assertStringIncludes(message, `epoch 1, step 2; the last good checkpoint is ${file}`);
    });
  },
);

onAutomaticBackend(
  "train() keeps tensors and memory constant over 200 steps with boundary supporting samples",
  async (backend) => {
    const counts: number[] = [];
    const resident: number[] = [];
    // Twenty mini-batches an epoch, so that little of the time goes into evaluations.
    const dataset = smallDataset(200, 4);
    const options = { maxSteps: 2 };
    await outcomeOf(smallSpecification("bss", { epochs: 10, options }), backend, {
      dataset,
      onProgress: ({ step }) => {
        if (step % 20 !== 0) return;
        counts.push(tf.memory().numTensors);
        // `deno task test` exposes the garbage collector, so garbage does not count as growth.
        (globalThis as { gc?: () => void }).gc?.();
        resident.push(Deno.memoryUsage().rss / 2 ** 20);
      },
    });
    assert(counts.length >= 10);
    assertEquals(new Set(counts.slice(1)).size, 1, `tensors: ${counts}`);
    const growth = resident.at(-1)! - resident[Math.floor(resident.length / 2)];
    assert(growth < 16, `resident memory grew by ${growth} MiB: ${resident.map(Math.round)}`);
  },
);

onFastBackends("train() refuses a distillation method without a teacher", async (backend) => {
  await assertRejects(
    () => outcomeOf(smallSpecification("hinton"), backend, { teacher: null }),
    UserError,
    "needs a teacher",
  );
});

onFastBackends(
  "train() refuses a teacher with other classes or not frozen, and no images",
  async (backend) => {
    for (const name of ["hinton", "fitnet", "bss"]) {
      const teacher = testClassifier({ ...TINY, classes: 10 });
      await assertRejects(
        () => outcomeOf(smallSpecification(name), backend, { teacher }),
        UserError,
        "the teacher has 10 classes, but the student has 4",
      );
      teacher.dispose();
    }
    const network = testNetwork() as unknown as ReturnType<typeof testClassifier>;
    await assertRejects(
      () => outcomeOf(smallSpecification("hinton"), backend, { teacher: network }),
      UserError,
      "the teacher is not frozen; give freeze(network)",
    );
    network.dispose();
    await assertRejects(
      () => outcomeOf(smallSpecification("original"), backend, { dataset: smallDataset(0) }),
      UserError,
      "there is nothing to train on",
    );
  },
);

onAutomaticBackend("train() refuses a data set that is not the specified part", async (backend) => {
  const { dataset: whole, ...others } = smallSpecification("original");
  const half = { ...others, dataset: { ...whole, fraction: 0.5 } };
  const dataset = smallDataset();
  const part = datasetFor(dataset, half);
  const faults: readonly [typeof half, typeof dataset, string][] = [
    [half, dataset, "(fraction 0.5, testImages null, seed 1), but got another (all images)"],
    [{ ...half, seed: 2 }, part, "(fraction 0.5, testImages null, seed 2), but got another"],
    [{ ...half, dataset: whole }, part, "(all images), but got another (fraction 0.5"],
  ];
  for (const [specification, given, message] of faults) {
    await assertRejects(
      () => outcomeOf(specification, backend, { dataset: given }),
      UserError,
      message,
    );
  }
  await outcomeOf(half, backend, { dataset: part });
});
