import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { correlationLosses } from "../../lib/distillation/dist.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { computedFrom, lossesOf } from "./one_step.ts";
import { logits, probabilitiesOf } from "./plain_divergence.ts";

const T = 2;

/** Computes Pearson's correlation. */
function correlationOf(a: readonly number[], b: readonly number[]): number {
  const centred = [a, b].map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  });
  const product = (x: number[], y: number[]) => x.reduce((sum, value, k) => sum + value * y[k], 0);
  const [x, y] = centred;
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

onUsableBackends("correlationLosses() agrees with plain numbers", async () => {
  const [teacher, student] = [logits("teacher"), logits("student")];
  const [p, q] = [await probabilitiesOf(teacher, T), await probabilitiesOf(student, T)];
  const columns = (rows: number[][]) => rows[0].map((_, k) => rows.map((row) => row[k]));
  const lossOf = (of: number[][], to: number[][]) =>
    T ** 2 * (1 - of.reduce((sum, row, i) => sum + correlationOf(row, to[i]) / of.length, 0));
  const [inter, intra] = await valuesOfAll(() => {
    const losses = correlationLosses(teacher, student, T);
    return [losses.inter, losses.intra];
  });
  assertClose(inter, [lossOf(p, q)], 1e-5);
  assertClose(intra, [lossOf(columns(p), columns(q))], 1e-5);
  tf.dispose([teacher, student]);
});

for (const part of ["inter", "intra"] as const) {
  onUsableBackends(
    `correlationLosses().${part} has a gradient that agrees with finite differences`,
    async () => {
      await checkGradients(
        (student) => correlationLosses(logits("teacher"), student as tf.Tensor2D, T)[part],
        () => [logits("student")],
        { step: 0.03 },
      );
    },
  );
}

onUsableBackends(
  "correlationLosses() stays finite for equal logits and a single image",
  async () => {
    const values = await valuesOfAll(() =>
      [tf.zeros([3, 4]), tf.tensor2d([[2, 0, 1, -900]])].flatMap((logits) => {
        const total = (student: tf.Tensor) => {
          const { inter, intra } = correlationLosses(
            logits as tf.Tensor2D,
            student as tf.Tensor2D,
            1,
          );
          return tf.add(inter, intra) as tf.Scalar;
        };
        const { value, grad } = tf.valueAndGrad(total)(logits);
        return [value, grad];
      })
    );
    assert(values.flat().every(Number.isFinite), JSON.stringify(values));
  },
);

onFastBackends("dist has both correlations, each with its weight", async () => {
  const part = (name: "inter" | "intra") =>
    computedFrom(({ teacher, student }) =>
      correlationLosses(teacher.logits, student.logits, 4)[name]
    );
  const losses = await lossesOf("dist", { name: "train", epochs: 4 }, {
    options: { interWeight: 3, intraWeight: 0.5, temperature: 4 },
  });
  assertEquals(Object.keys(losses), ["cross_entropy", "inter_class", "intra_class"]);
  assertClose([losses.inter_class], [3 * await part("inter")], 1e-4);
  assertClose([losses.intra_class], [0.5 * await part("intra")], 1e-4);
});
