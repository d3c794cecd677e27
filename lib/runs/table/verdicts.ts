import type { Claim, Experiment } from "../experiment.ts";
import { valueOf } from "./summary.ts";
import type { TableRow } from "./table_row.ts";
import { holm } from "../../analysis/statistics/paired_comparisons.ts";
import {
  type PairedDifference,
  pairedDifference,
} from "../../analysis/statistics/paired_difference.ts";

/** The verdict on a claim in one place: one student on one data set with one protocol. */
export interface Verdict {
  readonly claim: Claim;
  /** A row of that place; null if nothing was measured */
  readonly place: TableRow | null;
  /** The contrast over the seeds that have all its terms, in the measure's unit */
  readonly difference: PairedDifference;
  /** p-value adjusted for all verdicts of the experiment (Holm 1979); null for too few seeds */
  readonly adjustedP: number | null;
  readonly kind: "holds" | "opposite" | "not settled" | "too few seeds" | "not measured";
}

/** With only two seeds, two differences that happen to be equal would look certain. */
const FEWEST_SEEDS = 3;

const SIGNIFICANCE = 0.05;

/**
 * Tests each claim of an experiment against its results, by a fixed rule. It takes at least three
 * seeds, and a p-value of the paired t-test below 0.05 after Holm's adjustment for all claims and
 * places together. Then a contrast above 0 holds, and one below 0 is the opposite. Otherwise the
 * claim is not settled.
 */
export function verdicts(
  { claims, measures: [first] }: Pick<Experiment, "claims" | "measures">,
  rows: readonly TableRow[],
): Verdict[] {
  const found = claims.flatMap((claim) => contrasts(claim, first, rows));
  const tested = found.filter(({ difference }) => difference.n >= FEWEST_SEEDS);
  const adjusted = holm(tested.map(({ difference }) => difference.p!));
  return found.map((one) => {
    const index = tested.indexOf(one);
    const adjustedP = index < 0 ? null : adjusted[index];
    return { ...one, adjustedP, kind: kindOf(one.difference, adjustedP) };
  });
}

function kindOf({ n, mean }: PairedDifference, adjustedP: number | null): Verdict["kind"] {
  if (n === 0) return "not measured";
  if (adjustedP === null) return "too few seeds";
  if (adjustedP >= SIGNIFICANCE) return "not settled";
  return mean > 0 ? "holds" : "opposite";
}

/** Measures a claim's contrast in each place; gives one empty verdict if nothing was measured. */
function contrasts(
  claim: Claim,
  first: string,
  rows: readonly TableRow[],
): Pick<Verdict, "claim" | "place" | "difference">[] {
  const { contrast, measure = first } = claim;
  const overShares = contrast.some(({ fraction }) => fraction !== undefined);
  const labels = new Set(contrast.map(({ method }) => method));
  const groups = Map.groupBy(
    rows.filter(({ method }) => labels.has(method)),
    ({ dataset, student, setting, epochs, fraction }) =>
      JSON.stringify([dataset, student, setting, epochs, overShares ? null : fraction]),
  );
  const places = [...groups.values()].map((group) => ({
    claim,
    place: group[0],
    difference: contrastOf(claim, measure, group),
  })).filter(({ difference }) => difference.n > 0);
  return places.length > 0 ? places : [
    { claim, place: null, difference: pairedDifference([], []) },
  ];
}

function contrastOf(
  { contrast }: Claim,
  measure: string,
  rows: readonly TableRow[],
): PairedDifference {
  const shares = rows.map(({ fraction }) => fraction);
  const ends = { smallest: Math.min(...shares), largest: Math.max(...shares) };
  // One share alone has no trend.
  if (contrast.some((term) => term.fraction) && ends.smallest === ends.largest) {
    return pairedDifference([], []);
  }
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  const sums = seeds.flatMap((seed) => {
    const terms = contrast.map(({ method, sign, fraction }) => {
      const row = rows.find((row) =>
        row.seed === seed && row.method === method &&
        (fraction === undefined || row.fraction === ends[fraction])
      );
      const value = row ? valueOf(row, measure) : null;
      return value === null ? NaN : sign * value;
    });
    const sum = terms.reduce((total, term) => total + term, 0);
    return Number.isNaN(sum) ? [] : [sum];
  });
  return pairedDifference(sums, sums.map(() => 0));
}
