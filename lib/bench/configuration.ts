import type { Precision } from "../nn/precision.ts";

/** One way to run the step. */
export interface Configuration {
  readonly name: string;
  /** The number type of the frozen teacher; default: "f32". */
  readonly teacherPrecision?: Precision;
  /** The number type of the student's passes; default: "f32". */
  readonly studentPrecision?: Precision;
  /** True if the teacher's logits of the clean images come from a cache. */
  readonly cachedLogits?: boolean;
}

/** The configurations to measure. The first, a run's default, is measured on every backend. */
export const configurations: readonly [Configuration, ...Configuration[]] = [
  { name: "float32" },
  { name: "cached clean logits", cachedLogits: true },
  { name: "bf16 teacher and cached clean logits", teacherPrecision: "bf16", cachedLogits: true },
  { name: "bf16 teacher and student", teacherPrecision: "bf16", studentPrecision: "bf16" },
  {
    name: "bf16 teacher, student and cached clean logits",
    teacherPrecision: "bf16",
    studentPrecision: "bf16",
    cachedLogits: true,
  },
];
