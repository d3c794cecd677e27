import { freeze, type Precision } from "../nn/freeze.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import type { ResNet } from "../nn/resnet.ts";

/** One way in which this project can run the step. */
export interface Configuration {
  readonly name: string;
  /** In what the frozen teacher computes; "f32" if left out. */
  readonly teacherPrecision?: Precision;
  /** Whether the teacher's output for the clean images was computed before, as its cache has it. */
  readonly cachedLogits?: boolean;
}

/** The first is what a run does unless told otherwise; it is measured on every backend. */
export const configurations: readonly [Configuration, ...Configuration[]] = [
  { name: "float32" },
  { name: "cached clean logits", cachedLogits: true },
  { name: "bf16 teacher and cached clean logits", teacherPrecision: "bf16", cachedLogits: true },
];

/** The teacher as a configuration has it. @throws UserError where the backend can't have it */
export function freezeTeacher(
  network: ResNet,
  { teacherPrecision }: Configuration,
): FrozenNetwork {
  return freeze(network, { precision: teacherPrecision });
}
