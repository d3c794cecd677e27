import * as tf from "@tensorflow/tfjs";
import { crossEntropy, softCrossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";

function logits(seed: string): tf.Tensor2D {
  return tf.tensor2d(uniformNumbers(20, seed).map((value) => 4 * value), [4, 5]);
}

onEveryBackend("softCrossEntropy() is the mean of −Σ softmax(t/T) log softmax(s/T)", () => {
  tf.tidy(() => {
    const [t, s] = [logits("t"), logits("s")];
    const expected = tf.neg(
      tf.mean(tf.sum(tf.mul(tf.softmax(tf.div(t, 3)), tf.log(tf.softmax(tf.div(s, 3)))), 1)),
    );
    assertClose(softCrossEntropy(t, s, 3).dataSync(), expected.dataSync(), 1e-5);
  });
});

onEveryBackend("softCrossEntropy() has a gradient that agrees with finite differences", () => {
  tf.tidy(() => {
    const t = logits("t");
    checkGradients((s) => softCrossEntropy(t, s as tf.Tensor2D, 3), [logits("s")], {
      step: 0.05,
      tolerance: 1e-2,
    });
  });
});

onEveryBackend("crossEntropy() agrees with the logarithm of the label's probability", () => {
  tf.tidy(() => {
    const labels = tf.tensor1d([0, 4, 2, 2], "int32");
    const s = logits("s");
    const expected = tf.neg(
      tf.mean(tf.sum(tf.mul(tf.oneHot(labels, 5), tf.log(tf.softmax(s))), 1)),
    );
    assertClose(crossEntropy(labels, s).dataSync(), expected.dataSync(), 1e-5);
    checkGradients((z) => crossEntropy(labels, z as tf.Tensor2D), [s], { step: 0.05 });
  });
});

onEveryBackend("softCrossEntropy() stays finite for logits of any size", () => {
  tf.tidy(() => {
    const t = tf.tensor2d([[1000, 0], [-1000, 0]]);
    const s = tf.tensor2d([[-500, 500], [80, -80]]);
    assertClose(softCrossEntropy(t, s, 1).dataSync(), [(1000 + 160) / 2], 1e-6);
  });
});
