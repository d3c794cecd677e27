import * as tf from "@tensorflow/tfjs";
import { compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFolder } from "./golden_folder.ts";
import { softCrossEntropy } from "../distillation/soft_cross_entropy.ts";

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
    1e-4,
  );
  tf.dispose([teacher, student, divergence]);
}
