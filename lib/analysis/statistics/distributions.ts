import jstat from "jstat";

/** The part of jStat that this file uses; the package has no types. */
interface JStat {
  readonly studentt: { inv(probability: number, degreesOfFreedom: number): number };
  readonly normal: { inv(probability: number, mean: number, std: number): number };
  /** The regularised incomplete beta function I_x(a, b). */
  ibeta(x: number, a: number, b: number): number;
}

const { studentt, normal, ibeta } = (jstat as { readonly jStat: JStat }).jStat;

/**
 * Computes the value below which a Student t variable lies with the given probability.
 *
 * @param probability in (0, 1)
 * @param degreesOfFreedom at least 1
 * @returns the value, exact to seven digits (jStat)
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  const key = `${probability} ${degreesOfFreedom}`;
  const known = quantiles.get(key) ?? studentt.inv(probability, degreesOfFreedom);
  quantiles.set(key, known);
  return known;
}

/** Tests of many samples ask for the same few quantiles, and each takes a search. */
const quantiles = new Map<string, number>();

/**
 * Computes the probability that a Student t variable lies at least as far from 0 as `t`, on either
 * side.
 *
 * It is `I_x(ν/2, 1/2)` at `x = ν/(ν + t²)` (Abramowitz and Stegun 26.7.1). This keeps its digits
 * for large `t`, where 1 minus a distribution function would have none left.
 *
 * @param t may be infinite
 * @param degreesOfFreedom at least 1
 * @returns the probability, 0…1, exact to six digits (jStat)
 */
export function studentTTails(t: number, degreesOfFreedom: number): number {
  return ibeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/**
 * Computes the value below which a standard normal variable lies with the given probability.
 *
 * @param probability in (0, 1)
 * @returns the value, exact to ten digits from 1e-8 to 1 − 1e-8 (jStat)
 */
export function normalQuantile(probability: number): number {
  return normal.inv(probability, 0, 1);
}
