import jstat from "jstat";

/** The part of jStat that is used here; the package has no types of its own. */
interface JStat {
  readonly studentt: { inv(probability: number, degreesOfFreedom: number): number };
}

const { studentt } = (jstat as { readonly jStat: JStat }).jStat;

/**
 * The value below which a Student t variable lies with the given probability.
 *
 * @param probability in (0, 1)
 * @param degreesOfFreedom at least 1
 * @returns it, good to seven digits (jStat)
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  return studentt.inv(probability, degreesOfFreedom);
}
