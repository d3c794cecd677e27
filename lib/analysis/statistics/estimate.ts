import { bootstrapInterval } from "./bootstrap_interval.ts";
import { type Interval, mean } from "./interval.ts";

/** A mean over samples with its interval. */
export interface Estimate {
  /** Null if there is no sample. */
  readonly value: number | null;
  /** 95 % bootstrap interval over the choice of samples; null for fewer than two. */
  readonly interval: Interval | null;
  /** The number of samples. */
  readonly n: number;
}

/** Estimates the mean of the values that are not null; true counts as 1 and false as 0. */
export function estimate(
  values: readonly (number | boolean | null)[],
  random: () => number,
): Estimate {
  const numbers = values.filter((value) => value !== null).map(Number);
  return {
    value: numbers.length > 0 ? mean(numbers) : null,
    interval: bootstrapInterval(numbers, { random }),
    n: numbers.length,
  };
}
