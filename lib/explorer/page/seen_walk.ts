import * as tf from "@tensorflow/tfjs";
import { attackSteps } from "../../attack/attack_path.ts";
import type { BssAttackOptions } from "../../attack/bss.ts";
import { type FrozenClassifier, readLogits } from "../../nn/frozen_classifier.ts";

/** A sample on its way to the teacher's boundary, and what each network makes of it. */
export interface SeenStep {
  readonly sample: Float32Array;
  /** The logits of each network, the teacher's first */
  readonly logits: readonly Float32Array[];
}

/** An attack on one image. */
export interface WalkRequest {
  /** The teacher, which is attacked, and the students, which look on */
  readonly networks: readonly FrozenClassifier[];
  /** `[1, h, w, c]`; the caller frees it */
  readonly image: tf.Tensor4D;
  readonly base: number;
  readonly target: number;
  readonly options: Partial<BssAttackOptions>;
}

/** A walk, as far as it has come. */
export interface ShownWalk {
  readonly steps: readonly SeenStep[];
  readonly base: number;
  readonly target: number;
  /** The names of the classes */
  readonly classes: readonly string[];
}

/** Attacks the teacher and shows each sample, as soon as it is made, to all networks. */
export async function* seenWalk(
  { networks: [teacher, ...students], image, base, target, options }: WalkRequest,
): AsyncGenerator<SeenStep> {
  const samples: tf.Tensor4D[] = [];
  try {
    for await (const step of attackSteps(teacher, image, base, target, options)) {
      samples.push(step.sample);
      const seen = [];
      for (const student of students) seen.push(await readLogits(student, () => step.sample));
      const sample = await step.sample.data<"float32">();
      yield { sample, logits: [step.logits, ...seen] };
    }
  } finally {
    tf.dispose(samples);
  }
}
