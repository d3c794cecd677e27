import * as tf from "@tensorflow/tfjs";
import { compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFile, GoldenFolder } from "./golden_folder.ts";
import { attentionTransfer } from "../distillation/attention.ts";
import { fspLosses, fspMatrix } from "../distillation/fsp.ts";
import { hintLoss } from "../distillation/fitnet.ts";
import { klDivergence } from "../distillation/soft_cross_entropy.ts";
import { Held } from "../tensors/held.ts";

const LOSS = 1e-4;
const GRADIENT = 1e-3;

/** Compares the losses of distillation methods on given logits and features. */
export async function* compareDistillationLosses(
  folder: GoldenFolder,
): AsyncIterable<Comparison> {
  const golden = await folder.read("distillation_losses.safetensors");
  yield* compareHinton(golden);
  yield* compareAttentionTransfer(golden);
  yield* compareHint(golden);
  yield* compareFsp(golden);
}

async function* compareHinton(golden: GoldenFile): AsyncIterable<Comparison> {
  using held = new Held();
  const teacher = held.keep(golden.tensor2d("logits_teacher"));
  const student = held.keep(golden.tensor2d("logits_student"));
  const divergence = held.keep(tf.tidy(() => klDivergence(teacher, student, 4)));
  yield compareRelative(
    "Hinton's KL at T = 4, times T²",
    await divergence.data(),
    golden.data("hinton_kl_T4_times_T2"),
    LOSS,
  );
}

/** Compares the hint loss of the middle stage; the channels are equal, so without regressor. */
async function* compareHint(golden: GoldenFile): AsyncIterable<Comparison> {
  using held = new Held();
  const teacher = held.keep(golden.tensor4d("teacher1"));
  const student = held.keep(golden.tensor4d("student1"));
  const loss = held.keep(tf.tidy(() => hintLoss(teacher, student)));
  // The reference lacks our factor 1/2.
  const doubled = (await loss.data())[0] * 2;
  yield compareRelative("hint loss", [doubled], golden.data("hint_loss_stage1"), LOSS);
}

/** Compares the FSP loss of each pair of stages, and the gradients of their sum. */
async function* compareFsp(golden: GoldenFile): AsyncIterable<Comparison> {
  using held = new Held();
  const [teacher, student] = ["teacher", "student"].map((role) =>
    golden.names(role).map((stage) => held.keep(golden.tensor4d(role + stage)))
  );
  const matrix = held.keep(tf.tidy(() => fspMatrix(teacher[0], teacher[1])));
  const expected = golden.data("fsp_matrix_teacher0");
  yield compareRelative("FSP matrix of the teacher", await matrix.data(), expected, LOSS);

  const losses = tf.tidy(() => fspLosses(teacher, student));
  for (const loss of losses) held.keep(loss);
  for (const [pair, loss] of losses.entries()) {
    const reference = [golden.data("fsp_loss")[pair]];
    yield compareRelative(`FSP loss ${pair}`, await loss.data(), reference, LOSS);
  }
  const gradients = tf.grads((...maps) => tf.addN(fspLosses(teacher, maps as tf.Tensor4D[])))(
    student,
  );
  for (const gradient of gradients) held.keep(gradient);
  for (const [stage, gradient] of gradients.entries()) {
    const reference = golden.nhwc(`fsp_grad${stage}`).data;
    yield compareRelative(`FSP gradient ${stage}`, await gradient.data(), reference, GRADIENT);
  }
}

/** Compares the attention loss and its gradient for each stage, on random features. */
async function* compareAttentionTransfer(golden: GoldenFile): AsyncIterable<Comparison> {
  const losses = golden.data("attention_loss");
  for (const [stage, expected] of Array.from(losses).entries()) {
    using held = new Held();
    const teacher = held.keep(golden.tensor4d(`teacher${stage}`));
    const student = held.keep(golden.tensor4d(`student${stage}`));
    const { value, grad } = tf.valueAndGrad((s) => attentionTransfer(teacher, s as tf.Tensor4D))(
      student,
    );
    for (const tensor of [value, grad]) held.keep(tensor);
    yield compareRelative(`attention loss ${stage}`, await value.data(), [expected], LOSS);
    yield compareRelative(
      `attention gradient ${stage}`,
      await grad.data(),
      golden.nhwc(`attention_grad${stage}`).data,
      GRADIENT,
    );
  }
}
