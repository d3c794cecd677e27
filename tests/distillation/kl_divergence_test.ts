import * as tf from "@tensorflow/tfjs";
import { klDivergence } from "../../lib/distillation/soft_cross_entropy.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";
import { divergenceOf, logits, probabilitiesOf } from "./plain_divergence.ts";

onUsableBackends("klDivergence() is T² Σ p log(p/q), mean over the batch", async () => {
  const [teacher, student] = [logits("teacher"), logits("student")];
  const [p, q] = [await probabilitiesOf(teacher, 4), await probabilitiesOf(student, 4)];
  const expected = p.reduce((sum, row, i) => sum + 16 * divergenceOf(row, q[i]) / p.length, 0);
  assertClose(await valuesOf(() => klDivergence(teacher, student, 4)), [expected], 1e-5);
  assertClose(await valuesOf(() => klDivergence(teacher, teacher, 4)), [0], 1e-6);
  tf.dispose([teacher, student]);
});

onUsableBackends("klDivergence() has a gradient that agrees with finite differences", async () => {
  await checkGradients(
    (student) => klDivergence(logits("teacher"), student as tf.Tensor2D, 4),
    () => [logits("student")],
    { step: 0.1 },
  );
});
