import * as tf from "@tensorflow/tfjs";
import { compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFile, GoldenFolder } from "./golden_folder.ts";
import { attentionTransfer } from "../distillation/attention_transfer.ts";
import { softCrossEntropy } from "../distillation/soft_cross_entropy.ts";

const LOSS = 1e-4;
const GRADIENT = 1e-3;

/** Losses of distillation methods on given logits. */
export async function* compareDistillationLosses(
  folder: GoldenFolder,
): AsyncIterable<Comparison> {
  const golden = await folder.read("distillation_losses.safetensors");
  const [teacher, student] = ["logits_teacher", "logits_student"].map((name) => {
    const { data, shape } = golden.tensor(name);
    return tf.tensor2d(data as Float32Array, shape as [number, number]);
  });
  // KL(t ‖ s) = J(t, s) − J(t, t): the soft cross-entropy less the teacher's own entropy.
  const divergence = tf.tidy(() =>
    tf.mul(
      tf.sub(softCrossEntropy(teacher, student, 4), softCrossEntropy(teacher, teacher, 4)),
      16,
    )
  );
  yield compareRelative(
    "Hinton's KL at T = 4, times T²",
    await divergence.data(),
    golden.data("hinton_kl_T4_times_T2"),
    LOSS,
  );
  tf.dispose([teacher, student, divergence]);
  yield* compareAttentionTransfer(golden);
}

/** Loss and gradient of each stage, on random features. */
async function* compareAttentionTransfer(golden: GoldenFile): AsyncIterable<Comparison> {
  const features = (name: string) => {
    const { data, shape } = golden.nhwc(name);
    return tf.tensor4d(data as Float32Array, shape);
  };
  const losses = golden.data("attention_loss");
  for (const [stage, expected] of Array.from(losses).entries()) {
    const [teacher, student] = [features(`teacher${stage}`), features(`student${stage}`)];
    const { value, grad } = tf.valueAndGrad((s) => attentionTransfer(teacher, s as tf.Tensor4D))(
      student,
    );
    yield compareRelative(`attention loss ${stage}`, await value.data(), [expected], LOSS);
    yield compareRelative(
      `attention gradient ${stage}`,
      await grad.data(),
      golden.nhwc(`attention_grad${stage}`).data,
      GRADIENT,
    );
    tf.dispose([teacher, student, value, grad]);
  }
}
