import { assert } from "@std/assert";
import seedrandom from "seedrandom";
import { experiments } from "../../experiments/experiments.ts";
import { decideFamily, type Decision } from "../../lib/analysis/statistics/decide_family.ts";

/**
 * Simulates the rule for verdicts at the planned seeds. Each trial draws independent normal paired
 * differences for a whole family. Shares of 10,000 trials, with standard errors of at most 0.5 %:
 *
 * - Without any true difference, 4.6 to 5.3 % of the families on the list have a false verdict.
 * - With true differences of the margin, 0.5 points, "no difference" is found in 1.7 to 2.0 % of
 *   families of two with ten seeds (SD 0.7 or 0.5), and in 1.7 % with five (SD 0.4).
 * - The power for gains of 2.07 (SD 0.7) and 0.67 points (SD 0.5) in a family of two: 100 and 96 %
 *   with ten seeds, 99 and 62 % with five, 53 and 21 % with three.
 * - Without a true difference, ten seeds of SD 0.5 find "no difference" in 41 % of the trials.
 * - In a family of seven, at an SD of 0.85, five seeds find a difference of 2.4 points in 78 % and
 *   one of 1.3 points in 26 %. Without a difference, 50 seeds find "no difference" in 81 %.
 */
const TRIALS = 10_000;
const MARGIN = 0.5;

/** A claim's true difference, the SD of its paired differences over seeds, and its seeds. */
interface Truth {
  readonly mean: number;
  readonly std: number;
  readonly seeds: number;
}

/** Gives the share of trials in which a family's decisions have a property. */
function shareOf(
  truths: readonly Truth[],
  size: number,
  property: (kinds: readonly (Decision["kind"] | undefined)[]) => boolean,
): number {
  const normal = normalNumbers(JSON.stringify([truths, size]));
  let count = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const members = truths.map(({ mean, std, seeds }) => ({
      differences: Array.from({ length: seeds }, () => mean + std * normal()),
      margin: MARGIN,
    }));
    if (property(decideFamily(members, size).map((decision) => decision?.kind))) count++;
  }
  return count / TRIALS;
}

/** Draws standard normal numbers, two from two uniform ones (Box and Muller 1958). */
function normalNumbers(seed: string): () => number {
  const random = seedrandom(seed);
  let other: number | null = null;
  return () => {
    if (other !== null) {
      const number = other;
      other = null;
      return number;
    }
    const [radius, angle] = [Math.sqrt(-2 * Math.log(1 - random())), 2 * Math.PI * random()];
    other = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

const isDifference = (kind?: string) => kind === "holds" || kind === "opposite";

Deno.test("without any true difference, one family in twenty has a false verdict at most", () => {
  const claims = [...new Set(experiments.flatMap(({ claims }) => claims))]
    .filter(({ place }) => place.scale === "paper");
  const families = Map.groupBy(claims, ({ family }) => family.name);
  const planned = [...families.values()].map((family) => family.map(({ seeds }) => seeds.length));
  for (const seeds of new Map(planned.map((each) => [each.join(), each])).values()) {
    const truths = seeds.map((seeds) => ({ mean: 0, std: 0.7, seeds }));
    const rate = shareOf(truths, seeds.length, (kinds) => kinds.some(isDifference));
    assert(rate > 0.04 && rate < 0.055, `${seeds} seeds: ${rate}`);
  }
});

Deno.test("claims that are not there yet make false verdicts of a family rarer", () => {
  const rate = shareOf([{ mean: 0, std: 0.7, seeds: 10 }], 2, ([kind]) => isDifference(kind));
  assert(rate > 0.02 && rate < 0.03, String(rate));
});

Deno.test('with a true difference equal to the margin, at most one family in forty says "no difference"', () => {
  for (const [seeds, std] of [[10, 0.5], [10, 0.7], [5, 0.4]]) {
    const truth = { mean: MARGIN, std, seeds };
    const rate = shareOf([truth, truth], 2, (kinds) => kinds.includes("no difference"));
    assert(rate > 0.01 && rate < 0.025, `${seeds} seeds of SD ${std}: ${rate}`);
  }
});

/** The gains over labels alone and over Hinton's distillation that the plan assumed, and their SDs. */
const GAINS = [{ mean: 2.07, std: 0.7 }, { mean: 0.67, std: 0.5 }];

for (
  const [seeds, ofLabels, ofHinton] of [
    [10, [0.999, 1], [0.95, 0.975]],
    [5, [0.98, 0.995], [0.6, 0.64]],
    [3, [0.5, 0.56], [0.19, 0.23]],
  ] as const
) {
  Deno.test(`${seeds} seeds find the assumed gains as often as their spread allows`, () => {
    const truths = GAINS.map((gain) => ({ ...gain, seeds }));
    for (const [index, [low, high]] of [ofLabels, ofHinton].entries()) {
      const power = shareOf(truths, 2, (kinds) => kinds[index] === "holds");
      assert(power >= low && power <= high, `claim ${index + 1}: ${power}`);
    }
  });
}

Deno.test('ten seeds of equal methods say "no difference" in four of ten cases', () => {
  const power = shareOf(
    [{ mean: 0, std: 0.5, seeds: 10 }],
    2,
    ([kind]) => kind === "no difference",
  );
  assert(power > 0.39 && power < 0.44, String(power));
});

Deno.test("at the spread on a fifth, five seeds find differences of two points, and rarely of one", () => {
  for (
    const [mean, seeds, wanted, low, high] of [
      [2.4, 5, "holds", 0.76, 0.81],
      [1.3, 5, "holds", 0.24, 0.28],
      [0, 50, "no difference", 0.78, 0.83],
    ] as const
  ) {
    const power = shareOf([{ mean, std: 0.85, seeds }], 7, ([kind]) => kind === wanted);
    assert(power >= low && power <= high, `${mean} points, ${seeds} seeds: ${power}`);
  }
});
