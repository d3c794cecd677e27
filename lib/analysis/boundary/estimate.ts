import { bootstrapInterval } from "../statistics/bootstrap_interval.ts";
import { type Interval, mean } from "../statistics/interval.ts";

/** A mean over samples. */
export interface Estimate {
  /** null of no sample */
  readonly value: number | null;
  /** 95 % bootstrap interval over the choice of samples; null of fewer than two */
  readonly interval: Interval | null;
  /** Over how many samples */
  readonly n: number;
}

/** The mean of what there is; nulls are left out, true counts as 1 and false as 0. */
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
