import * as tf from "@tensorflow/tfjs";
import { klDivergence } from "../../lib/distillation/kl_divergence.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";
import { divergenceOf, logits, softmax } from "./plain_divergence.ts";

onEveryBackend("klDivergence() is T² Σ p log(p/q), mean over the batch", () => {
  tf.tidy(() => {
    const [teacher, student] = [logits("teacher"), logits("student")];
    const [p, q] = [teacher, student].map((z) => z.arraySync().map((row) => softmax(row, 4)));
    const expected = p.reduce((sum, row, i) => sum + 16 * divergenceOf(row, q[i]) / p.length, 0);
    assertClose(klDivergence(teacher, student, 4).dataSync(), [expected], 1e-4);
    assertClose(klDivergence(teacher, teacher, 4).dataSync(), [0], 1e-6);
  });
});

onEveryBackend("klDivergence() has a gradient that agrees with finite differences", () => {
  tf.tidy(() => {
    const teacher = logits("teacher");
    checkGradients((student) => klDivergence(teacher, student as tf.Tensor2D, 4), [
      logits("student"),
    ], { step: 0.1 });
  });
});
