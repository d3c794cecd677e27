/**
 * A number from N(0, 1) (Box and Muller 1958); takes two numbers of the stream.
 *
 * @param random numbers in [0, 1)
 */
export function standardNormal(random: () => number): number {
  // 1 − u is in (0, 1], so that the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
