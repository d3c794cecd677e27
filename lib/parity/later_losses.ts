import * as tf from "@tensorflow/tfjs";
import { compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFile, GoldenFolder } from "./golden_folder.ts";
import { activationLoss } from "../distillation/activation_boundaries.ts";
import { correlationLosses } from "../distillation/dist.ts";
import { relationalLosses } from "../distillation/relational.ts";
import { softCrossEntropy } from "../distillation/soft_cross_entropy.ts";
import { standardised } from "../distillation/standardise.ts";

const TOLERANCE = 1e-6;

/** Inputs of any kind, since the losses take logits, embeddings or feature maps. */
type Loss = (teacher: never, student: never) => tf.Scalar;

/** The losses, each with its name and that of its inputs in the file. */
const losses: readonly (readonly [name: string, inputs: string, loss: Loss])[] = [
  ["dist_inter_T1", "logits", (t, s) => correlationLosses(t, s, 1).inter],
  ["dist_intra_T1", "logits", (t, s) => correlationLosses(t, s, 1).intra],
  ["dist_inter_T4", "logits", (t, s) => correlationLosses(t, s, 4).inter],
  ["dist_intra_T4", "logits", (t, s) => correlationLosses(t, s, 4).intra],
  ["standardised_T3", "logits", (t, s) => softCrossEntropy(standardised(t), standardised(s), 3)],
  ["distance", "embeddings", (t, s) => relationalLosses(t, s).distance],
  ["angle", "embeddings", (t, s) => relationalLosses(t, s).angle],
  ["activation", "responses", (t, s) => activationLoss(t, s, 1)],
];

/** Compares the losses and gradients of later methods on given logits, embeddings and responses. */
export async function* compareLaterLosses(folder: GoldenFolder): AsyncIterable<Comparison> {
  const golden = await folder.read("later_losses.safetensors");
  for (const [name, inputs, loss] of losses) {
    const [teacher, student] = ["teacher", "student"].map((role) => {
      const { data, shape } = stored(golden, `${inputs}_${role}`);
      return tf.tensor(data, [...shape]);
    });
    const { value, grad } = tf.valueAndGrad((s) => loss(teacher as never, s as never))(student);
    const gradient = stored(golden, `${name}_grad`).data;
    yield compareRelative(name, await value.data(), golden.data(name), TOLERANCE);
    yield compareRelative(`${name}, gradient`, await grad.data(), gradient, TOLERANCE);
    tf.dispose([teacher, student, value, grad]);
  }
}

/** Reads a tensor, feature maps as `[n, h, w, c]`. */
function stored(golden: GoldenFile, name: string) {
  return golden.tensor(name).shape.length === 4 ? golden.nhwc(name) : golden.tensor(name);
}
