import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { toyNamed } from "../../lib/data/toy/toy.ts";
import type { DistillationMethod } from "../../lib/distillation/method.ts";
import { methodNamed, methods } from "../../lib/distillation/methods.ts";
import { DenseNetwork } from "../../lib/nn/dense_network.ts";
import { FrozenDense } from "../../lib/nn/frozen_dense.ts";
import { NotFiniteError } from "../../lib/training/not_finite_error.ts";
import { type PointTraining, trainOnPoints } from "../../lib/training/train_on_points.ts";
import { UserError } from "../../lib/user_error.ts";
import { onEveryBackend, onFastBackends } from "../on_every_backend.ts";

/** Those that train nothing but the student. */
const forPoints = methods.filter(({ createVariables }) => !createVariables);

const POINTS = toyNamed("circles").make(24, seedrandom("points") as () => number);

/** Trains and frees everything; the teacher is a network as it was initialised. */
async function outcomeOf(method: DistillationMethod, training: Partial<PointTraining> = {}) {
  const network = new DenseNetwork([2, 8, 2], seedrandom("teacher") as () => number);
  const teacher = new FrozenDense(network);
  network.dispose();
  try {
    const { rows, student } = await trainOnPoints({
      ...{ points: POINTS, method, teacher, hidden: [8], seed: 1 },
      protocol: { epochs: 8, batchSize: 8, learningRate: 0.03 },
      ...training,
    });
    const weights = student.variables().map(([, variable]) => [...variable.dataSync()]);
    student.dispose();
    return { rows, weights };
  } finally {
    teacher.dispose();
  }
}

for (const method of forPoints) {
  onEveryBackend(`trainOnPoints() lowers the loss with method ${method.name}`, async () => {
    const { rows } = await outcomeOf(method);
    assertEquals(rows.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6, 7, 8]);
    const losses = rows.map((row) => Number(row.loss_cross_entropy));
    assert(losses.at(-1)! < losses[0], `losses ${losses}`);
  });
}

onEveryBackend("trainOnPoints() gives the same network for the same seed", async () => {
  const bss = methodNamed("bss");
  const once = await outcomeOf(bss);
  assertEquals((await outcomeOf(bss)).weights, once.weights);
  assertNotEquals((await outcomeOf(bss, { seed: 2 })).weights, once.weights);
});

onEveryBackend(
  "trainOnPoints() gives every method of a seed the same initial weights and mini-batches",
  async () => {
    // Too small a rate to move anything but the biases, which are zero.
    const protocol = { epochs: 2, batchSize: 8, learningRate: 1e-30 };
    const seen = [];
    for (const method of forPoints) {
      const batches: number[][] = [];
      const watched: DistillationMethod = {
        ...method,
        step(options, context) {
          batches.push([...context.images.dataSync(), ...context.labelValues]);
          return method.step(options, context);
        },
      };
      const { weights } = await outcomeOf(watched, { protocol });
      seen.push({ batches, weights: [weights[0], weights[2]] });
    }
    assertEquals(seen[0].batches.length, 6);
    for (const other of seen) assertEquals(other, seen[0]);
  },
);

onEveryBackend("trainOnPoints() attacks where the method does", async () => {
  const { rows } = await outcomeOf(methodNamed("bss"), { options: { step: "newton", eta: 1 } });
  assert(Number(rows.at(0)!.attacked) > 0);
  // β is zero in the last quarter.
  assertEquals(rows.at(-1)!.attacked, 0);
});

onEveryBackend("trainOnPoints() keeps the number of tensors constant over the steps", async () => {
  const counts: number[] = [];
  const bss = methodNamed("bss");
  const counting: DistillationMethod = {
    ...bss,
    step(options, context) {
      counts.push(tf.memory().numTensors);
      return bss.step(options, context);
    },
  };
  await outcomeOf(counting);
  // The optimizer makes its momentum in the first step, and again where the learning rate changes.
  assertEquals(new Set(counts.slice(1, 9)).size, 1, `tensors: ${counts}`);
});

onEveryBackend("trainOnPoints() stops at a loss that is not finite, and frees all", async () => {
  const protocol = { epochs: 3, batchSize: 8, learningRate: 1e30 };
  await assertRejects(
    () => outcomeOf(methodNamed("original"), { protocol }),
    NotFiniteError,
    "in epoch 1, step",
  );
});

onEveryBackend("trainOnPoints() says what it lacks and what is valid", async () => {
  const hinton = methodNamed("hinton");
  await assertRejects(() => outcomeOf(hinton, { teacher: null }), UserError, "needs a teacher");
  const options = { temperature: 0 };
  await assertRejects(() => outcomeOf(hinton, { options }), UserError, '"temperature" is 0');
  await assertRejects(
    () => outcomeOf(hinton, { protocol: { epochs: 0 } }),
    UserError,
    '"epochs" is 0, but must be a whole number from 1',
  );
  const withOwn = { ...hinton, name: "regressor", createVariables: () => new Map() };
  await assertRejects(
    () => outcomeOf(withOwn),
    UserError,
    `choose from ${forPoints.map(({ name }) => name).join(", ")}`,
  );
});

onFastBackends(
  "trainOnPoints() distils on the samples of an attack that is made for pixels",
  async () => {
    const { rows } = await outcomeOf(methodNamed("bss"), {
      options: { attack: "pgd", epsilon: 0.1, maxSteps: 3 },
    });
    const [first] = rows.filter(({ attacked }) => Number(attacked) > 0);
    // Three steps of ε/4 in each coordinate, a fifth of which is a unit of the plane; some turn back.
    const most = 0.075 / 0.2 * Math.SQRT2;
    assert(Number(first.mean_perturbation_norm) > 0.8 * most);
    assert(Number(first.mean_perturbation_norm) <= most + 1e-3);
  },
);
