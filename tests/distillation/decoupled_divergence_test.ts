import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { decoupledDivergence } from "../../lib/distillation/dkd.ts";
import { klDivergence } from "../../lib/distillation/soft_cross_entropy.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { divergenceOf, logits, probabilitiesOf } from "./plain_divergence.ts";

const LABELS = [0, 4, 2, 2];
const T = 4;
const labels = () => tf.tensor1d(LABELS, "int32");

onUsableBackends(
  "decoupledDivergence() agrees with plain numbers",
  async () => {
    const [teacher, student] = [logits("teacher"), logits("student")];
    const [p, q] = [await probabilitiesOf(teacher, T), await probabilitiesOf(student, T)];
    const ofTwo = (row: number[], label: number) => [row[label], 1 - row[label]];
    const amongOthers = (row: number[], label: number) =>
      row.filter((_, k) => k !== label).map((value) => value / (1 - row[label]));
    const meanOf = (part: typeof ofTwo) =>
      LABELS.reduce((sum, label, i) => {
        return sum + T ** 2 * divergenceOf(part(p[i], label), part(q[i], label)) / LABELS.length;
      }, 0);
    const [target, others] = await valuesOfAll(() => {
      const { target, others } = decoupledDivergence(labels(), teacher, student, T);
      return [target, others];
    });
    assertClose(target, [meanOf(ofTwo)], 1e-4);
    assertClose(others, [meanOf(amongOthers)], 1e-4);
    tf.dispose([teacher, student]);
  },
);

onUsableBackends(
  "decoupledDivergence() has parts that add up to the divergence, weighted by the teacher",
  async () => {
    const [teacher, student] = tf.tidy(() =>
      ["teacher", "student"].map((seed) => logits(seed).slice([1, 0], [1, -1]))
    );
    const [probabilities] = await probabilitiesOf(teacher, T);
    const [sum, divergence] = await valuesOfAll(() => {
      const label = tf.tensor1d([LABELS[1]], "int32");
      const { target, others } = decoupledDivergence(label, teacher, student, T);
      const remaining = 1 - probabilities[LABELS[1]];
      return [tf.add(target, tf.mul(others, remaining)), klDivergence(teacher, student, T)];
    });
    assertClose(sum, divergence, 1e-4);
    tf.dispose([teacher, student]);
  },
);

for (const part of ["target", "others"] as const) {
  onUsableBackends(
    `decoupledDivergence().${part} has a gradient that agrees with finite differences`,
    async () => {
      await checkGradients(
        (student) =>
          decoupledDivergence(labels(), logits("teacher"), student as tf.Tensor2D, T)[part],
        () => [logits("student")],
        { step: 0.1 },
      );
    },
  );
}

onUsableBackends(
  "decoupledDivergence() has the same gradients for a whole mini-batch as image by image",
  async () => {
    const [ofWhole, ofOne] = await valuesOfAll(() => {
      // Large enough for the fast kernels of a backend.
      const [count, classes] = [128, 10];
      const values = (seed: string) => uniformNumbers(count * classes, seed).map((v) => 4 * v);
      const teacher = tf.tensor2d(values("teacher"), [count, classes]);
      const student = tf.tensor2d(values("student"), [count, classes]);
      const truth = tf.tensor1d(Int32Array.from({ length: count }, (_, i) => i % classes), "int32");
      const gradient = (truth: tf.Tensor1D, teacher: tf.Tensor2D, student: tf.Tensor2D) =>
        tf.grad((s) => {
          const { target, others } = decoupledDivergence(truth, teacher, s as tf.Tensor2D, T);
          return tf.add(target, others);
        })(student);
      const image = (tensor: tf.Tensor2D) => tensor.slice([40, 0], [1, -1]);
      const whole = gradient(truth, teacher, student) as tf.Tensor2D;
      const one = gradient(truth.slice(40, 1), image(teacher), image(student));
      return [tf.mul(image(whole), count), one];
    });
    assertClose(ofWhole, ofOne, 1e-4);
  },
);

onUsableBackends("decoupledDivergence() stays finite for logits of any size", async () => {
  for (const part of ["target", "others"] as const) {
    const [[value], gradient] = await valuesOfAll(() => {
      const label = tf.tensor1d([0, 1], "int32");
      const teacher = tf.tensor2d([[500, 0, -500], [0, 300, 1]]);
      const student = tf.tensor2d([[-500, 500, 0], [80, -80, 0]]);
      const { value, grad } = tf.valueAndGrad((s) =>
        decoupledDivergence(label, teacher, s as tf.Tensor2D, 1)[part]
      )(student);
      return [value, grad];
    });
    assert(Number.isFinite(value), `${part} ${value}`);
    assert(gradient.every(Number.isFinite), `${part} ${gradient}`);
  }
});
