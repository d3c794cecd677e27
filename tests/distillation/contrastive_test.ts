import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  contrast,
  contrastCounts,
  contrastive,
  contrastLoss,
  estimateNormaliser,
  movedBank,
} from "../../lib/distillation/contrastive.ts";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { RandomStreams } from "../../lib/training/random_streams.ts";
import { UserError } from "../../lib/user_error.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";
import { computedFrom, lossesOf, oneStep, stateFor, testTeacher } from "./one_step.ts";

const TRAIN = { name: "train", epochs: 4 };

onUsableBackends("contrast() has gradients that agree with finite differences", async () => {
  const numbers = (name: string, ...shape: number[]) =>
    tf.tensor(uniformNumbers(shape.reduce((a, b) => a * b), name), shape);
  await checkGradients(
    (map, ...weights) => {
      const variables = new Map(
        ["student.weight", "student.bias", "teacher.weight", "teacher.bias"]
          .map((name, index) => [name, weights[index]]),
      );
      for (const role of ["student", "teacher"]) {
        variables.set(`${role}.bank`, numbers(`${role}.bank`, 3, 4));
        variables.set(`${role}.normaliser`, tf.tensor1d([3]));
      }
      const maps = {
        student: map as tf.Tensor4D,
        teacher: numbers("map", 2, 2, 1, 5) as tf.Tensor4D,
      };
      const rows = tf.tensor1d([1, 2], "int32");
      const counts = tf.tensor2d([[2, 1, 1], [0, 3, 1]]);
      const drawn = { rows, counts, negatives: 3, temperature: 0.5 };
      const sides = contrast(maps, variables, drawn, false);
      return tf.addN(sides.map(({ loss }) => loss)) as tf.Scalar;
    },
    () => [
      numbers("student map", 2, 1, 2, 3),
      numbers("a", 3, 4),
      numbers("b", 4),
      numbers("c", 5, 4),
      numbers("d", 4),
    ],
  );
});

onUsableBackends("movedBank() moves rows halfway to new embeddings, of length 1", async () => {
  const moved = await valuesOf(() =>
    movedBank(
      tf.tensor2d([[1, 0], [0.6, 0.8], [0, 0.5]]),
      tf.tensor1d([2, 0], "int32"),
      tf.tensor2d([[1, 0], [0, 1]]),
    )
  );
  const half = Math.SQRT1_2;
  assertClose(
    moved,
    [half, half, 0.6, 0.8, 1 / Math.hypot(1, 0.5), 0.5 / Math.hypot(1, 0.5)],
    1e-5,
  );
});

onFastBackends(
  "contrastive moves both banks at each step, and estimates Z in the first",
  async () => {
    const teacher = testTeacher();
    const state = stateFor("contrastive", teacher);
    const own = () =>
      valuesOfAll(() =>
        ["student.bank", "student.normaliser", "teacher.bank", "teacher.normaliser"]
          .map((name) => tf.clone(state.own.get(name)!))
      );
    const before = await own();
    assertEquals([before[1], before[3]], [[0], [0]]);
    const { losses } = await oneStep("contrastive", { state, teacher, stage: TRAIN });
    assertEquals(Object.keys(losses), ["cross_entropy", "contrast"]);
    const first = await own();
    await oneStep("contrastive", { state, teacher, stage: TRAIN });
    const second = await own();
    for (const bank of [0, 2]) {
      for (const [one, other] of [[before, first], [first, second]]) {
        assert(one[bank].some((value, index) => value !== other[bank][index]));
      }
      const lengths = Array.from(
        { length: 8 },
        (_, row) => Math.hypot(...first[bank].slice(128 * row, 128 * (row + 1))),
      );
      assertClose(lengths, new Array(8).fill(1), 1e-5);
    }
    for (const normaliser of [1, 3]) {
      assert(first[normaliser][0] > 0);
      assertEquals(second[normaliser], first[normaliser]);
    }
    assert([...state.optimizer.state().keys()].every((name) => !/bank|normaliser/.test(name)));
    state.dispose();
    teacher.dispose();
  },
);

onFastBackends("contrastive gives both contrasts of the last stage their weight", async () => {
  const loss = async (weight: number) =>
    (await lossesOf("contrastive", TRAIN, { options: { weight } })).contrast;
  assertClose([await loss(2)], [4 * await loss(0.5)], 1e-5);
  const options = { weight: 1, negatives: 5, temperature: 0.5 };
  const { contrast: actual } = await lossesOf("contrastive", TRAIN, { options });
  const teacher = testTeacher();
  const state = stateFor("contrastive", teacher);
  const trainingLabels = [0, 1, 3, 2, 0, 1, 2, 3];
  const expected = await computedFrom(({ student, teacher }) => {
    const counts = contrastCounts(5, {
      indices: Int32Array.from(trainingLabels.keys()),
      labelValues: Int32Array.from(trainingLabels),
      trainingLabels,
      random: (stream) => new RandomStreams(1, 1).stream(stream),
    });
    const rows = tf.range(0, 8, 1, "int32");
    const maps = { student: student.features[2], teacher: teacher.features[2] };
    const sides = contrast(maps, state.own, { rows, counts, ...options }, true);
    return tf.addN(sides.map(({ loss }) => loss)) as tf.Scalar;
  });
  assertClose([actual], [expected], 1e-4);
  state.dispose();
  teacher.dispose();
});

onFastBackends("contrastive takes back what a step that throws did to the banks", async () => {
  const teacher = testTeacher();
  const state = stateFor("contrastive", teacher);
  const untrained = async () =>
    [...await state.save()].filter(([name]) => /bank|normaliser/.test(name));
  const before = await untrained();
  assertEquals(before.length, 4);
  const attempt = state.attempt(async () => {
    await oneStep("contrastive", { state, teacher, stage: TRAIN });
    throw new Error("stopped");
  });
  assertEquals(await attempt.catch((error) => error.message), "stopped");
  assertEquals(await untrained(), before);
  state.dispose();
  teacher.dispose();
});

onFastBackends("contrastive begins with linear layers in PyTorch's limits", async () => {
  const teacher = testTeacher();
  const state = stateFor("contrastive", teacher);
  for (const role of ["student", "teacher"]) {
    const weight = state.own.get(`${role}.weight`)!;
    const limit = 1 / Math.sqrt(weight.shape[0]);
    for (const variable of [weight, state.own.get(`${role}.bias`)!]) {
      const most = Math.max(...(await variable.data()).map(Math.abs));
      assert(most > 0.9 * limit && most <= limit * (1 + 1e-6), `${role}: ${most}`);
    }
  }
  state.dispose();
  teacher.dispose();
});

Deno.test("contrastive refuses training images of one class", () => {
  const networks = { student: null as never, teacher: null as never, random: Math.random };
  assertThrows(
    () =>
      contrastive.createVariables!(resolveMethodOptions(contrastive), {
        ...networks,
        trainingLabels: [2, 2, 2],
      }),
    UserError,
    "all 3 training images have one class; give it at least two",
  );
});

/** Two images, three rows of a bank, and three negatives for each image. */
const drawn = () => ({
  anchors: tf.tensor2d([[1, 0], [0.6, 0.8]]),
  bank: tf.tensor2d([[0, 1], [0.8, 0.6], [-1, 0]]),
  rows: tf.tensor1d([1, 2], "int32"),
  counts: tf.tensor2d([[2, 1, 1], [0, 3, 1]]),
  negatives: 3,
  temperature: 0.5,
});
/** The products of anchors and bank */
const PRODUCTS = [[0, 0.8, -1], [0.8, 0.96, -0.6]];

onUsableBackends("contrastLoss() tells the own row of the bank from the drawn ones", async () => {
  const [z, noise] = [7, 3 / 3];
  const p = PRODUCTS.map((row) => row.map((product) => Math.exp(product / 0.5) / z));
  const own = (q: number) => -Math.log(q / (q + noise));
  const other = (q: number) => -Math.log(noise / (q + noise));
  const expected = [
    own(p[0][1]) + 2 * other(p[0][0]) + other(p[0][2]),
    own(p[1][2]) + 3 * other(p[1][1]),
  ];
  const loss = await valuesOf(() => contrastLoss(drawn(), tf.tensor1d([z])));
  assertClose(loss, [(expected[0] + expected[1]) / 2], 1e-5);
});

onUsableBackends("contrastLoss() has a gradient that agrees with finite differences", async () => {
  await checkGradients(
    (anchors) => contrastLoss({ ...drawn(), anchors: anchors as tf.Tensor2D }, tf.tensor1d([7])),
    () => [tf.tensor2d(uniformNumbers(4, "anchors"), [2, 2])],
  );
});

onUsableBackends(
  "estimateNormaliser() takes the mean over the contrast, without a gradient",
  async () => {
    const [[z], gradient] = await valuesOfAll(() => {
      const { value, grad } = tf.valueAndGrad((anchors) =>
        tf.sum(estimateNormaliser({ ...drawn(), anchors: anchors as tf.Tensor2D })) as tf.Scalar
      )(drawn().anchors);
      return [value, grad];
    });
    const e = PRODUCTS.map((row) => row.map((product) => Math.exp(product / 0.5)));
    const mean = (2 * e[0][0] + e[0][1] + e[0][2] + 3 * e[1][1] + e[1][2]) / 8;
    assertClose([z], [3 * mean], 1e-5);
    assertEquals(gradient, [0, 0, 0, 0]);
  },
);

/** Counts the contrasts of five of 60 images; image i has class i % 3. */
async function countsOf(negatives: number): Promise<number[][]> {
  const trainingLabels = Array.from({ length: 60 }, (_, image) => image % 3);
  const indices = Int32Array.of(4, 59, 0, 33, 7);
  const draws = uniformNumbers(10_000, "negatives").map((value) => (value + 1) / 2).values();
  const values = await valuesOf(() =>
    contrastCounts(negatives, {
      indices,
      labelValues: indices.map((index) => trainingLabels[index]),
      trainingLabels,
      random: (stream) => (assertEquals(stream, "negatives"), () => draws.next().value!),
    })
  );
  return [...indices].map((index, row) => {
    const counts = values.slice(60 * row, 60 * (row + 1));
    trainingLabels.forEach((label, image) => {
      if (label === index % 3) assertEquals(counts[image], Number(image === index));
    });
    return counts.filter((_, image) => image % 3 !== index % 3);
  });
}

onFastBackends("contrastCounts() draws images of other classes, each at most once", async () => {
  for (const counts of await countsOf(15)) {
    assertEquals(counts.filter((count) => count === 1).length, 15);
    assertEquals(counts.filter((count) => count === 0).length, 25);
  }
  for (const counts of await countsOf(40)) assert(counts.every((count) => count === 1));
});

onFastBackends("contrastCounts() draws images again if there are too few", async () => {
  for (const counts of await countsOf(1600)) {
    assertEquals(counts.reduce((sum, count) => sum + count), 1600);
    // A count has mean 40 and standard deviation 6.2.
    assert(counts.every((count) => count > 10 && count < 70), String(counts));
  }
});
