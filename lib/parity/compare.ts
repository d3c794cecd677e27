import { wilsonInterval } from "../analysis/statistics/interval.ts";

/** The error of a quantity against its reference. */
export interface Comparison {
  readonly quantity: string;
  /** The largest error, in the unit of `tolerance`. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
  /** The unit of the error, such as "of the largest value". */
  readonly unit: string;
}

/** Takes the largest difference, relative to the largest reference value. */
export function compareRelative(
  quantity: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): Comparison {
  let error = actual.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++) error = worse(error, Math.abs(actual[i] - expected[i]));
  return judge(quantity, error / largestOf(expected), tolerance, "of the largest value");
}

/** Counts the entries that differ; none may. */
export function compareExactly(
  quantity: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): Comparison {
  let differing = Math.abs(actual.length - expected.length);
  for (let i = 0; i < expected.length; i++) if (actual[i] !== expected[i]) differing++;
  return judge(quantity, differing, 0, `of ${expected.length} differ`);
}

/** Compares the share of successes with the 95 % binomial interval of the reference's. */
export function compareShares(
  quantity: string,
  actual: ArrayLike<unknown>,
  expected: ArrayLike<unknown>,
): Comparison {
  const successes = (list: ArrayLike<unknown>) => Array.from(list).filter(Boolean).length;
  const [share, reference] = [actual, expected].map((list) => successes(list) / list.length);
  const [low, high] = wilsonInterval(successes(expected), expected.length)!;
  const tolerance = share < reference ? reference - low : high - reference;
  return judge(quantity, Math.abs(share - reference), tolerance, "of all attacks");
}

/** Limits for the share of entries that differ. */
export interface EntryTolerances {
  /** The share of samples to compare: those that agree best. */
  readonly samples: number;
  /** The share of their entries that may differ. */
  readonly entries: number;
  /** The difference from which an entry counts as different. */
  readonly difference: number;
}

/**
 * Measures the share of entries that differ. Attacks with many sign-gradient steps compare only a
 * part of the samples: in any float32 code some ReLU near zero flips, and then its sample takes
 * another path.
 */
export function compareEntries(
  quantity: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  count: number,
  { samples, entries, difference }: EntryTolerances,
): Comparison {
  const size = expected.length / count;
  const off = Array.from({ length: count }, (_, sample) => {
    let off = actual.length === expected.length ? 0 : size;
    for (let i = sample * size; i < (sample + 1) * size; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= difference)) off++;
    }
    return off / size;
  }).sort((a, b) => a - b);
  const best = off.slice(0, Math.ceil(samples * count));
  const apart = off.filter((part) => part > entries).length;
  return judge(
    samples === 1 ? quantity : `${quantity}, best ${best.length} of ${count} (${apart} part ways)`,
    best.reduce((sum, part) => sum + part, 0) / best.length,
    entries,
    `of the entries are off by more than ${difference}`,
  );
}

/** The share of samples that must agree within `tight`; all must agree within `loose`. */
interface SampleTolerances {
  readonly share: number;
  readonly tight: number;
  readonly loose: number;
}

/**
 * Compares sample by sample, since a ReLU near zero may flip in one or two of them.
 *
 * @param unit "absolute", or relative to the largest reference value
 */
export function compareBySample(
  quantity: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  count: number,
  { share, tight, loose }: SampleTolerances,
  unit: "absolute" | "of the largest value" = "absolute",
): Comparison[] {
  const size = expected.length / count;
  const scale = unit === "absolute" ? 1 : largestOf(expected);
  const errors = Array.from({ length: count }, (_, sample) => {
    let error = actual.length === expected.length ? 0 : Infinity;
    for (let i = sample * size; i < (sample + 1) * size; i++) {
      error = worse(error, Math.abs(actual[i] - expected[i]) / scale);
    }
    return error;
  }).sort((a, b) => a - b);
  const percent = Math.round(100 * share);
  return [
    judge(
      `${quantity}, ${percent} % of samples`,
      errors[Math.ceil(share * count) - 1],
      tight,
      unit,
    ),
    judge(`${quantity}, all samples`, errors[count - 1], loose, unit),
  ];
}

/** Writes a line with verdict, quantity, error and tolerance. */
export function formatComparison(
  { quantity, error, tolerance, passed, unit }: Comparison,
): string {
  const number = (value: number) => Number.isInteger(value) ? `${value}` : value.toExponential(1);
  return `${passed ? "pass" : "FAIL"}  ${quantity.padEnd(44)} error ${number(error).padStart(8)}` +
    `  tolerance ${number(tolerance).padStart(8)}  ${unit}`;
}

/** Finds the largest magnitude; 1 if all values are zero, so that errors are then absolute. */
function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest || 1;
}

/** Returns the larger error; NaN counts as infinite, so that it cannot pass. */
function worse(a: number, b: number): number {
  return Number.isNaN(b) ? Infinity : Math.max(a, b);
}

function judge(quantity: string, error: number, tolerance: number, unit: string): Comparison {
  return { quantity, error, tolerance, passed: error <= tolerance, unit };
}
