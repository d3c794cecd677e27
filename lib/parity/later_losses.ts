import * as tf from "@tensorflow/tfjs";
import { compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFile, GoldenFolder } from "./golden_folder.ts";
import { activationLoss } from "../distillation/activation_boundaries.ts";
import { contrast } from "../distillation/contrastive.ts";
import { correlationLosses } from "../distillation/dist.ts";
import { relationalLosses } from "../distillation/relational.ts";
import { softCrossEntropy } from "../distillation/soft_cross_entropy.ts";
import { standardised } from "../distillation/standardise.ts";
import { Held } from "../tensors/held.ts";

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
    using held = new Held();
    const [teacher, student] = ["teacher", "student"].map((role) => {
      const { data, shape } = stored(golden, `${inputs}_${role}`);
      return held.keep(tf.tensor(data, [...shape]));
    });
    yield* compareAt(golden, name, (s) => loss(teacher as never, s as never), student);
  }
  yield* compareContrast(golden);
}

/** The inputs of both contrasts whose gradients are in the file. */
const CONTRASTED = ["map", "weight", "bias"].map((part) => `student.${part}`)
  .concat("teacher.weight", "teacher.bias");

async function* compareContrast(golden: GoldenFile): AsyncIterable<Comparison> {
  using held = new Held();
  const names = [...CONTRASTED, "teacher.map", "student.bank", "teacher.bank", "rows", "counts"];
  const inputs = new Map(names.map((name) => {
    const { data, shape } = stored(golden, name);
    return [name, held.keep(tf.tensor(data, [...shape]))] as const;
  }));
  for (const name of CONTRASTED) {
    const loss = (input: tf.Tensor) => {
      const given = new Map([...inputs, [name, input]]);
      const of = <T extends tf.Tensor>(name: string) => given.get(name) as T;
      const rows = tf.cast(of("rows").flatten(), "int32") as tf.Tensor1D;
      const drawn = { rows, counts: of<tf.Tensor2D>("counts"), negatives: 6, temperature: 0.07 };
      const maps = {
        student: of<tf.Tensor4D>("student.map"),
        teacher: of<tf.Tensor4D>("teacher.map"),
      };
      const sides = contrast(maps, given, drawn, true);
      return tf.addN(sides.map(({ loss }) => loss)) as tf.Scalar;
    };
    yield* compareAt(golden, `contrast_${name}`, loss, inputs.get(name)!);
  }
}

/** Compares a loss and its gradient. */
async function* compareAt(
  golden: GoldenFile,
  name: string,
  loss: (input: tf.Tensor) => tf.Scalar,
  input: tf.Tensor,
): AsyncIterable<Comparison> {
  using held = new Held();
  const { value, grad } = tf.valueAndGrad(loss)(input);
  for (const tensor of [value, grad]) held.keep(tensor);
  const gradient = stored(golden, `${name}_grad`).data;
  yield compareRelative(name, await value.data(), golden.data(name), TOLERANCE);
  yield compareRelative(`${name}, gradient`, await grad.data(), gradient, TOLERANCE);
}

/** Reads a tensor, feature maps as `[n, h, w, c]`. */
function stored(golden: GoldenFile, name: string) {
  return golden.tensor(name).shape.length === 4 ? golden.nhwc(name) : golden.tensor(name);
}
