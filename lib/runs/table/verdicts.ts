import type { Claim, ClaimPlace } from "../claim.ts";
import type { Experiment } from "../experiment.ts";
import { type Conditions, conditionsThatDiffer } from "./conditions.ts";
import { valueOf } from "./summary.ts";
import { mixedConditions, type TableRow } from "./table_row.ts";
import {
  decideFamily,
  type Decision,
  familyInterval,
} from "../../analysis/statistics/decide_family.ts";
import type { Interval } from "../../analysis/statistics/interval.ts";
import {
  type PairedDifference,
  pairedDifference,
} from "../../analysis/statistics/paired_difference.ts";

/** The verdict on a claim. */
export interface Verdict {
  readonly claim: Claim;
  /** The contrast over the planned seeds that have all its terms, in the measure's unit */
  readonly difference: PairedDifference;
  /** The adjusted interval of the contrast; null for fewer than two seeds */
  readonly interval: Interval | null;
  /** p-value adjusted for the claim's family; null without a decision */
  readonly adjustedP: number | null;
  /**
   * The conditions that forbid a verdict: "processor", "precision" or "kernels" if they differ within
   * a pair, and "precision" also if it differs between pairs
   */
  readonly mixed: readonly string[];
  readonly kind:
    | Decision["kind"]
    | "mixed conditions"
    | "too few seeds"
    | "not measured"
    | "elsewhere";
}

/** With only two seeds, two differences that happen to be equal would look certain. */
const FEWEST_SEEDS = 3;

/** Gives the number of seeds that a verdict on a claim takes. */
export function seedsNeeded({ seeds }: Claim): number {
  return Math.max(seeds.length, FEWEST_SEEDS);
}

/**
 * Applies the rule for verdicts to the claims of an experiment. The list of claims fixes what is
 * tested, and {@linkcode decideFamily} is the test.
 *
 * A claim is tested on its planned seeds alone, once all of them, at least three, are there. There is
 * no verdict if the two runs of a pair differ in processor, precision or kernels, or if pairs differ
 * in precision. A claim that compares precisions leaves out the student's. A claim that cannot be
 * tested counts as p = 1 in its family. A claim of another experiment is left to that one.
 */
export function verdicts(
  { name, claims }: Pick<Experiment, "name" | "claims">,
  rows: readonly TableRow[],
): Verdict[] {
  const found = claims.map((claim) => contrastOf(claim, claim.experiment === name ? rows : []));
  const families = Map.groupBy(found, ({ claim }) => claim.family.name);
  const decided = new Map([...families.values()].flatMap(decide));
  return found.map((contrast) => verdictOn(name, contrast, decided.get(contrast) ?? null));
}

/** A claim's contrast, measured. */
interface Contrast {
  readonly claim: Claim;
  /** One sum for each seed that has all terms */
  readonly sums: readonly number[];
  readonly mixed: readonly string[];
}

function decide(family: readonly Contrast[]): [Contrast, Decision | null][] {
  const members = family.map(({ claim, sums, mixed }) => ({
    differences: mixed.length === 0 && sums.length >= seedsNeeded(claim) ? sums : null,
    margin: claim.margin,
  }));
  return decideFamily(members, family[0].claim.family.size)
    .map((decision, index) => [family[index], decision]);
}

function verdictOn(
  experiment: string,
  { claim, sums, mixed }: Contrast,
  decision: Decision | null,
): Verdict {
  const undecided = sums.length === 0
    ? "not measured"
    : mixed.length > 0
    ? "mixed conditions"
    : "too few seeds";
  return {
    claim,
    difference: pairedDifference(sums, sums.map(() => 0)),
    interval: decision?.interval ?? familyInterval(sums, claim.family.size),
    adjustedP: decision?.adjustedP ?? null,
    mixed,
    kind: claim.experiment === experiment ? decision?.kind ?? undecided : "elsewhere",
  };
}

function contrastOf(claim: Claim, allRows: readonly TableRow[]): Contrast {
  const rows = claim.compares ? allRows.map(withoutPrecision) : allRows;
  const pairs = pairsOf(claim, rows);
  const sumOf = (pair: readonly TableRow[]) => {
    const sum = claim.contrast.reduce(
      (sum, { sign }, index) => sum + sign * valueOf(pair[index], claim.measure)!,
      0,
    );
    // The rounding error of equal gains would look like a small and certain difference.
    return Number(sum.toFixed(9));
  };
  const betweenPairs = conditionsThatDiffer(pairs.flat().map(({ conditions }) => conditions))
    .filter((one) => one === "precision");
  const withinPairs = pairs.flatMap((pair) => mixedConditions(pair, claim.measure));
  return {
    claim,
    sums: pairs.map(sumOf),
    mixed: [...new Set([...withinPairs, ...betweenPairs])],
  };
}

/**
 * Gives a row for each term of a claim, for each planned seed with all terms. If one precision has
 * rows for every such seed, takes only its rows.
 */
function pairsOf(claim: Claim, rows: readonly TableRow[]): TableRow[][] {
  const pairsAmong = (rows: readonly TableRow[]) =>
    claim.seeds.flatMap((seed) => {
      const terms = claim.contrast.map(({ method, fraction = claim.place.fraction }) =>
        rows.filter((row) =>
          row.seed === seed && row.method === method && isAt(row, { ...claim.place, fraction }) &&
          valueOf(row, claim.measure) !== null
        )
      );
      return terms.every((found) => found.length > 0) ? [comparable(terms, claim.measure)] : [];
    });
  const all = pairsAmong(rows);
  const precisions = new Map(
    all.flat().map(({ conditions: { precision } }) => [precision.join(), precision]),
  );
  const groups = [...precisions.values()].map(([student, teacher]) =>
    pairsAmong(
      rows.filter(({ conditions: { precision: [ofStudent, ofTeacher = teacher] } }) =>
        ofStudent === student && ofTeacher === teacher
      ),
    )
  );
  return groups.find(({ length }) => length === all.length) ?? all;
}

/** Leaves out the student's precision, for a claim that compares it. */
function withoutPrecision(row: TableRow): TableRow {
  const without = (conditions: Conditions): Conditions => ({
    ...conditions,
    precision: ["", ...conditions.precision.slice(1)],
  });
  return {
    ...row,
    conditions: without(row.conditions),
    measuredUnder: Object.fromEntries(
      Object.entries(row.measuredUnder).map(([measure, one]) => [measure, without(one)]),
    ),
  };
}

function isAt(row: TableRow, place: ClaimPlace): boolean {
  return row.scale === place.scale && row.dataset === place.dataset &&
    row.student === place.student && row.fraction === place.fraction &&
    row.epochs === place.epochs &&
    (place.setting === undefined
      ? (row.setting?.split(", ") ?? []).every((one) => LEFT_OPEN.test(one))
      : row.setting === place.setting);
}

/** Settings that a place of the list names itself or leaves open: precision is compared in pairs. */
const LEFT_OPEN = /^(epochs|studentPrecision|evaluateEvery)=/;

/** Takes a row for each term. If there are several, takes those made under the same conditions. */
function comparable(terms: readonly (readonly TableRow[])[], measure: string): TableRow[] {
  const areAlike = (rows: readonly TableRow[]) => mixedConditions(rows, measure).length === 0;
  const choices = terms[0].map((first) =>
    terms.map((rows) => rows.find((row) => areAlike([first, row])) ?? rows[0])
  );
  return choices.find(areAlike) ?? choices[0];
}
