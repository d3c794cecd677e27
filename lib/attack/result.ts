import * as tf from "@tensorflow/tfjs";
import type { AttackClasses, AttackResult } from "./attack.ts";
import { outcomesOf } from "./outcome.ts";
import { rowNorms } from "./row_norms.ts";
import { topClasses } from "../selection/probabilities.ts";

/** Where an attack left its samples. */
export interface Attacked {
  /** `[n, h, w, c]` */
  readonly samples: tf.Tensor4D;
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  readonly steps: Int32Array;
}

/** What follows from where the samples are: outcomes and norms. */
export async function attackResult(
  { samples, logits, steps }: Attacked,
  images: tf.Tensor4D,
  classes: AttackClasses,
): Promise<AttackResult> {
  const distances = tf.tidy(() => rowNorms(tf.sub(samples, images) as tf.Tensor4D));
  const [norms, values] = await Promise.all([
    distances.data() as Promise<Float32Array>,
    logits.data(),
  ]);
  distances.dispose();
  const outcomes = outcomesOf(topClasses(values, logits.shape[1]), classes);
  const success = outcomes.map((outcome) => outcome === "crossed to target");
  return { samples, logits, success, outcomes, steps, norms };
}

/** The result of an attack on no image. */
export function emptyResult(images: tf.Tensor4D, classes: number): AttackResult {
  return {
    samples: tf.clone(images),
    logits: tf.zeros([0, classes]),
    success: [],
    outcomes: [],
    steps: new Int32Array(0),
    norms: new Float32Array(0),
  };
}
