/** Finds the least spacing of 1, 2 or 5 times a power of ten that makes at most `count` parts. */
export function tickSpacing(length: number, count: number): number {
  const least = length / count || 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least)!;
}
