/** How far a quantity is from its reference. */
export interface Comparison {
  readonly quantity: string;
  /** The largest error, in the unit that `tolerance` has. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
  /** What the error is relative to, or counts. */
  readonly unit: string;
}

/** The largest difference, relative to the largest reference value. */
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

/** How many entries differ; none may. */
export function compareExactly(
  quantity: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): Comparison {
  let differing = Math.abs(actual.length - expected.length);
  for (let i = 0; i < expected.length; i++) if (actual[i] !== expected[i]) differing++;
  return judge(quantity, differing, 0, `of ${expected.length} differ`);
}

/** How much of what may be how far off. */
export interface EntryTolerances {
  /** The share of the samples that is looked at, those that agree best */
  readonly samples: number;
  /** The share of their entries that may be off */
  readonly entries: number;
  /** by more than this */
  readonly difference: number;
}

/**
 * What share of the entries is off. With fewer than all samples for attacks of many steps by the sign
 * of a gradient: a ReLU near zero that flips, as some do in any float32 code, sends a sample on
 * another way.
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

/** What share of the samples must agree to `tight`, and all of them to `loose`. */
export interface SampleTolerances {
  readonly share: number;
  readonly tight: number;
  readonly loose: number;
}

/**
 * Sample by sample, since a ReLU near zero may flip in one or two of them.
 *
 * @param unit what errors are relative to: 1, or the largest reference value
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

/** One line: quantity, error, tolerance, verdict. */
export function formatComparison(
  { quantity, error, tolerance, passed, unit }: Comparison,
): string {
  const number = (value: number) => Number.isInteger(value) ? `${value}` : value.toExponential(1);
  return `${passed ? "pass" : "FAIL"}  ${quantity.padEnd(44)} error ${number(error).padStart(8)}` +
    `  tolerance ${number(tolerance).padStart(8)}  ${unit}`;
}

/** The largest magnitude; 1 where all are zero, so that errors are absolute there. */
function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest || 1;
}

/** The larger error; NaN counts as infinite, so that it can't pass. */
function worse(a: number, b: number): number {
  return Number.isNaN(b) ? Infinity : Math.max(a, b);
}

function judge(quantity: string, error: number, tolerance: number, unit: string): Comparison {
  return { quantity, error, tolerance, passed: error <= tolerance, unit };
}
