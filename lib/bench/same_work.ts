import { compareExactly, compareRelative, type Comparison } from "../parity/compare.ts";
import type { LossTerm, StepOutcome } from "./workload.ts";

/** The errors of correct float32 code. A ReLU may flip in a boundary sample. */
const TOLERANCES: Readonly<Record<LossTerm, number>> = {
  cross_entropy: 1e-5,
  distillation: 1e-5,
  boundary: 1e-3,
};

/** The verdict on whether two programs did the same step. */
export interface SameWork {
  readonly same: boolean;
  readonly sentence: string;
}

/**
 * Compares the first steps of two programs: the attack's steps sample by sample, and the terms of
 * the loss to float32 accuracy.
 */
export function compareWork(ours: StepOutcome, theirs: StepOutcome, them: string): SameWork {
  const comparisons: Comparison[] = [
    compareExactly("attack steps", ours.steps, theirs.steps),
    ...Object.entries(TOLERANCES).map(([name, tolerance]) => {
      const term = name as LossTerm;
      return compareRelative(`loss ${term}`, [ours.terms[term]], [theirs.terms[term]], tolerance);
    }),
  ];
  const failed = comparisons.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const differences = failed.map(({ quantity, error, tolerance }) =>
      `${quantity} (${error.toPrecision(2)}, at most ${tolerance})`
    );
    return {
      same: false,
      sentence: `NOT the same work as ${them}: ${differences.join(", ")} off`,
    };
  }
  const steps = ours.steps.reduce((sum, value) => sum + value, 0);
  const [, ...losses] = comparisons.map(({ error }) => error);
  return {
    same: true,
    sentence:
      `same work as ${them}: the ${steps} attack steps of ${ours.steps.length} samples are ` +
      `the same, the loss terms are to ${Math.max(...losses).toExponential(0)}`,
  };
}
