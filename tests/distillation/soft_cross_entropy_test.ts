import * as tf from "@tensorflow/tfjs";
import { crossEntropy, softCrossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";

function logits(seed: string): tf.Tensor2D {
  return tf.tensor2d(uniformNumbers(20, seed).map((value) => 4 * value), [4, 5]);
}

onUsableBackends("softCrossEntropy() is the mean of −Σ softmax(t/T) log softmax(s/T)", async () => {
  const [loss, expected] = await valuesOfAll(() => {
    const [t, s] = [logits("t"), logits("s")];
    const expected = tf.neg(
      tf.mean(tf.sum(tf.mul(tf.softmax(tf.div(t, 3)), tf.log(tf.softmax(tf.div(s, 3)))), 1)),
    );
    return [softCrossEntropy(t, s, 3), expected];
  });
  assertClose(loss, expected, 1e-5);
});

onUsableBackends(
  "softCrossEntropy() has a gradient that agrees with finite differences",
  async () => {
    await checkGradients(
      (s) => softCrossEntropy(logits("t"), s as tf.Tensor2D, 3),
      () => [logits("s")],
      { step: 0.05, tolerance: 1e-2 },
    );
  },
);

onUsableBackends(
  "crossEntropy() agrees with the logarithm of the label's probability",
  async () => {
    const labels = () => tf.tensor1d([0, 4, 2, 2], "int32");
    const [loss, expected] = await valuesOfAll(() => {
      const s = logits("s");
      const expected = tf.neg(
        tf.mean(tf.sum(tf.mul(tf.oneHot(labels(), 5), tf.log(tf.softmax(s))), 1)),
      );
      return [crossEntropy(labels(), s), expected];
    });
    assertClose(loss, expected, 1e-5);
    await checkGradients(
      (s) => crossEntropy(labels(), s as tf.Tensor2D),
      () => [logits("s")],
      { step: 0.05 },
    );
  },
);

onUsableBackends("softCrossEntropy() stays finite for logits of any size", async () => {
  const loss = await valuesOf(() => {
    const t = tf.tensor2d([[1000, 0], [-1000, 0]]);
    const s = tf.tensor2d([[-500, 500], [80, -80]]);
    return softCrossEntropy(t, s, 1);
  });
  assertClose(loss, [(1000 + 160) / 2], 1e-6);
});
