import { compareExactly, compareRelative, type Comparison } from "../parity/compare.ts";
import type { LossTerm, StepOutcome } from "./workload.ts";

/** The errors of correct float32 code. A ReLU may flip in a boundary sample. */
const TOLERANCES: Readonly<Record<LossTerm, number>> = {
  cross_entropy: 1e-5,
  distillation: 1e-5,
  boundary: 1e-3,
};

/**
 * The errors of correct bfloat16 code, whose numbers have 8 bits: at least a quarter more than the
 * largest that we saw. A sample next to the boundary takes a step more or less, and base samples with
 * nearly the same score change places.
 */
const ROUNDED_TOLERANCES: typeof TOLERANCES = {
  cross_entropy: 0.02,
  distillation: 0.005,
  boundary: 0.05,
};

/** The share of the attack's steps that may differ, and the number in a small batch. */
const ROUNDED_STEPS = { share: 0.15, number: 2 };

/** The verdict on whether two programs did the same step. */
export interface SameWork {
  readonly same: boolean;
  readonly sentence: string;
}

/**
 * Compares the first steps of two programs: the attack's steps sample by sample, and the terms of
 * the loss to float32 accuracy.
 *
 * @param options.rounded true if one of them computes in bfloat16: compares the number of attacked
 *   samples and the sum of their steps, and the terms of the loss to bfloat16's accuracy
 */
export function compareWork(
  ours: StepOutcome,
  theirs: StepOutcome,
  them: string,
  { rounded = false }: { readonly rounded?: boolean } = {},
): SameWork {
  const terms = Object.entries(rounded ? ROUNDED_TOLERANCES : TOLERANCES);
  const losses = terms.map(([name, tolerance]) => {
    const term = name as LossTerm;
    return compareRelative(`loss ${term}`, [ours.terms[term]], [theirs.terms[term]], tolerance);
  });
  const [steps, theirSteps] = [ours, theirs].map(({ steps }) => sum(steps));
  const samples = ours.steps.length;
  const mayDiffer = Math.max(ROUNDED_STEPS.share * theirSteps, ROUNDED_STEPS.number);
  const comparisons: Comparison[] = [
    ...(rounded
      ? [
        compareExactly("attacked samples", [samples], [theirs.steps.length]),
        compareRelative("attack steps in all", [steps], [theirSteps], mayDiffer / theirSteps),
      ]
      : [compareExactly("attack steps", ours.steps, theirs.steps)]),
    ...losses,
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
  const error = Math.max(...losses.map(({ error }) => error)).toExponential(0);
  if (!rounded) {
    return {
      same: true,
      sentence: `same work as ${them}: the ${steps} attack steps of ${samples} samples are ` +
        `the same, the loss terms are to ${error}`,
    };
  }
  const most = terms.map(([name, tolerance]) => `${name} ${percent(tolerance)}`).join(", ");
  return {
    same: true,
    sentence: `same work as ${them}, but for bfloat16's rounding: ${steps} attack steps of ` +
      `${samples} samples (${theirSteps} there; ${Math.floor(mayDiffer)} may differ), the loss ` +
      `terms are to ${error} (at most ${most})`,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
