import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { PointSet } from "../../lib/data/point_set.ts";
import { toyNamed } from "../../lib/data/toys.ts";
import { type DistillationMethod, resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed, methods } from "../../lib/distillation/methods.ts";
import { DenseNetwork } from "../../lib/nn/dense_network.ts";
import { FrozenDense } from "../../lib/nn/frozen_dense.ts";
import { NotFiniteError } from "../../lib/training/step.ts";
import { type PointTraining, trainOnPoints } from "../../lib/training/train_on_points.ts";
import { UserError } from "../../lib/user_error.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { assertLossesFall } from "./assert_losses_fall.ts";

/** The methods that compare positions in an image; a hidden layer has none. */
const BY_POSITION = ["attention", "attention+hinton"];
const forPoints = methods.filter(({ name }) => !BY_POSITION.includes(name));

const POINTS = toyNamed("circles").make(24, seedrandom("points") as () => number);

/** Trains with an untrained teacher, and frees everything. */
async function outcomeOf(
  method: DistillationMethod,
  training: Partial<PointTraining> = {},
  teacherHidden: readonly number[] = [8],
) {
  const network = new DenseNetwork([2, ...teacherHidden, 2], seedrandom("teacher") as () => number);
  const teacher = new FrozenDense(network);
  network.dispose();
  try {
    const { rows, student } = await trainOnPoints({
      points: POINTS,
      method,
      teacher,
      hidden: [8],
      seed: 1,
      protocol: { epochs: 8, batchSize: 8, learningRate: 0.03 },
      ...training,
    });
    const weights = await Promise.all(
      student.variables().map(async ([, variable]) => [...await variable.data()]),
    );
    student.dispose();
    return { rows, weights };
  } finally {
    teacher.dispose();
  }
}

for (const method of forPoints) {
  onUsableBackends(
    `trainOnPoints() lowers the loss of every stage with method ${method.name}`,
    async () => {
      const { rows } = await outcomeOf(method, { hidden: [8, 8] }, [8, 8]);
      const stages = method.stages(resolveMethodOptions(method), 8);
      const expected = stages.flatMap(({ name, epochs }) => Array<string>(epochs).fill(name));
      assertEquals(rows.map(({ stage }) => stage), expected);
      assertEquals(rows.map(({ epoch }) => epoch), expected.map((_, index) => index + 1));
      assertLossesFall(rows);
    },
  );
}

for (const name of BY_POSITION) {
  onUsableBackends(`trainOnPoints() refuses method ${name}`, async () => {
    const reason = "a feature map of 1×1 has one place only";
    await assertRejects(() => outcomeOf(methodNamed(name)), UserError, reason);
  });
}

onUsableBackends("trainOnPoints() refuses a label that is no class", async () => {
  const points = { ...POINTS, labels: POINTS.labels.with(1, 2) };
  await assertRejects(
    () => outcomeOf(methodNamed("original"), { points }),
    UserError,
    "a point has the label 2, but classes are 0 to 1",
  );
});

onUsableBackends("trainOnPoints() refuses points without labels, and no points", async () => {
  const refused = (points: PointSet, reason: string) =>
    assertRejects(() => outcomeOf(methodNamed("original"), { points }), UserError, reason);
  await refused({ ...POINTS, labels: POINTS.labels.slice(1) }, "there are 23 labels for 24 points");
  const none = { points: new Float32Array(), labels: new Int32Array() };
  await refused({ ...POINTS, ...none }, "there is nothing to train on");
});

onUsableBackends("trainOnPoints() says why a method cannot compare two networks", async () => {
  const refused = (name: string, hidden: number[], reason: string) =>
    assertRejects(() => outcomeOf(methodNamed(name), { hidden }, [8, 8]), UserError, reason);
  await refused("fsp", [8], "have 1 and 2 stages or hidden layers");
  await refused("fsp", [8, 6], "stage 2 has 8 and 6");
  await refused("fitnet", [], "without stages or hidden layers");
  await refused("similarity", [], "without stages or hidden layers");
});

onFastBackends("trainOnPoints() brings a hint to a layer of another width", async () => {
  const { rows } = await outcomeOf(methodNamed("fitnet"), { hidden: [5] });
  assertLossesFall(rows);
});

onFastBackends("trainOnPoints() gives the same network for the same seed", async () => {
  const bss = methodNamed("bss");
  const once = await outcomeOf(bss);
  assertEquals((await outcomeOf(bss)).weights, once.weights);
  assertNotEquals((await outcomeOf(bss, { seed: 2 })).weights, once.weights);
});

onFastBackends(
  "trainOnPoints() gives every method of a seed the same initial weights and mini-batches",
  async () => {
    // The rate is too small to change anything but the biases, which start at zero.
    const protocol = { epochs: 2, batchSize: 8, learningRate: 1e-30 };
    const seen = [];
    for (const method of forPoints) {
      const batches: number[][] = [];
      const watched: DistillationMethod = {
        ...method,
        async step(options, context) {
          batches.push([...await context.images.data(), ...context.labelValues]);
          return await method.step(options, context);
        },
      };
      const { weights } = await outcomeOf(watched, { protocol, hidden: [8, 8] }, [8, 8]);
      if (batches.length > 6) {
        assertNotEquals(
          batches.slice(0, 3),
          batches.slice(-6, -3),
          "a first stage has its own order",
        );
      }
      // The last stage, which all methods have.

      seen.push({ batches: batches.slice(-6), weights: [weights[0], weights[2], weights[4]] });
    }
    assertEquals(seen[0].batches.length, 6);
    for (const other of seen) assertEquals(other, seen[0]);
  },
);

onFastBackends("trainOnPoints() attacks if the method does", async () => {
  const { rows } = await outcomeOf(methodNamed("bss"), { options: { step: "newton", eta: 1 } });
  assert(Number(rows.at(0)!.attacked) > 0);
  // β is zero in the last quarter.
  assertEquals(rows.at(-1)!.attacked, 0);
});

onFastBackends("trainOnPoints() keeps the number of tensors constant over the steps", async () => {
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
  // The optimizer makes its momentum in the first step, and again when the learning rate changes.
  assertEquals(new Set(counts.slice(1, 9)).size, 1, `tensors: ${counts}`);
});

onFastBackends("trainOnPoints() stops at a loss that is not finite, and frees all", async () => {
  const protocol = { epochs: 3, batchSize: 8, learningRate: 1e30 };
  await assertRejects(
    () => outcomeOf(methodNamed("original"), { protocol }),
    NotFiniteError,
    "in epoch 1, step",
  );
});

onUsableBackends("trainOnPoints() names a missing teacher and bad options", async () => {
  const hinton = methodNamed("hinton");
  await assertRejects(() => outcomeOf(hinton, { teacher: null }), UserError, "needs a teacher");
  const options = { temperature: 0 };
  await assertRejects(() => outcomeOf(hinton, { options }), UserError, '"temperature" is 0');
  await assertRejects(
    () => outcomeOf(hinton, { protocol: { epochs: 0 } }),
    UserError,
    '"epochs" is 0, but must be a whole number from 1',
  );
  const fitnet = methodNamed("fitnet");
  await assertRejects(() => outcomeOf(fitnet, { teacher: null }), UserError, "needs a teacher");
});

onFastBackends(
  "trainOnPoints() distils on the samples of an attack on pixels",
  async () => {
    const { rows } = await outcomeOf(methodNamed("bss"), {
      options: { attack: "pgd", epsilon: 0.1, maxSteps: 3 },
    });
    const [first] = rows.filter(({ attacked }) => Number(attacked) > 0);
    // Three steps of ε/4 in each coordinate; 0.2 is a unit of the plane. Some steps turn back.
    const most = 0.075 / 0.2 * Math.SQRT2;
    assert(Number(first.mean_perturbation_norm) > 0.8 * most);
    assert(Number(first.mean_perturbation_norm) <= most + 1e-3);
  },
);

onFastBackends(
  "trainOnPoints() shows the network after each epoch, and trains on as without",
  async () => {
    const seen: number[][] = [];
    const onEpoch = async (epoch: number, student: DenseNetwork) => {
      const [[, variable]] = student.variables();
      seen.push([epoch, (await variable.data())[0]]);
    };
    const training = { protocol: { epochs: 3, batchSize: 8, learningRate: 0.03 } };
    const plain = await outcomeOf(methodNamed("hinton"), training);
    const shown = await outcomeOf(methodNamed("hinton"), { ...training, onEpoch });
    assertEquals(shown.weights, plain.weights);
    assertEquals(seen.map(([epoch]) => epoch), [1, 2, 3]);
    assertEquals(seen.at(-1)![1], plain.weights[0][0]);
    assertNotEquals(seen[0][1], seen[1][1]);
  },
);
