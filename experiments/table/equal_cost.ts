import { valueOf } from "./summary.ts";
import type { TableRow } from "./table_row.ts";
import { mean } from "../../lib/analysis/statistics/interval.ts";
import {
  type PairedDifference,
  pairedDifference,
} from "../../lib/analysis/statistics/paired_difference.ts";

/** How far a method is above another that had as much to spend. */
export interface EqualCost {
  /** Of the method */
  readonly epochs: number;
  /** What they cost it, mean over seeds, in the unit of the cost */
  readonly cost: number;
  /** Over the seeds whose cost lies between those of the other method */
  readonly difference: PairedDifference;
}

/**
 * Compares two methods at equal cost, for each number of epochs of the first: what the second reaches
 * at the cost of the first is interpolated, seed by seed, over the logarithm of its own costs.
 *
 * @param cost "seconds", "teacher_images"
 */
export function equalCost(
  rows: readonly TableRow[],
  method: string,
  other: string,
  cost: string,
  measure = "test_accuracy",
): EqualCost[] {
  const pointsOf = (of: string) =>
    rows.filter((row) => row.method === of).flatMap((row) => {
      const [spent, reached] = [cost, measure].map((name) => valueOf(row, name));
      return spent && reached !== null
        ? [{ epochs: row.epochs, seed: row.seed, spent, reached }]
        : [];
    });
  const others = Map.groupBy(pointsOf(other), ({ seed }) => seed);
  return [...Map.groupBy(pointsOf(method), ({ epochs }) => epochs)].map(([epochs, points]) => {
    const pairs = points.flatMap(({ seed, spent, reached }) => {
      const theirs = interpolated(others.get(seed) ?? [], spent);
      return theirs === null ? [] : [[reached, theirs]];
    });
    return {
      epochs,
      cost: mean(points.map(({ spent }) => spent)),
      difference: pairedDifference(pairs.map(([ours]) => ours), pairs.map(([, theirs]) => theirs)),
    };
  });
}

/** null outside of the points */
function interpolated(
  points: readonly { readonly spent: number; readonly reached: number }[],
  spent: number,
): number | null {
  const sorted = points.toSorted((a, b) => a.spent - b.spent);
  const above = sorted.findIndex((point) => point.spent >= spent);
  if (above < 0) return null;
  if (sorted[above].spent === spent) return sorted[above].reached;
  if (above === 0) return null;
  const [low, high] = [sorted[above - 1], sorted[above]];
  const share = Math.log(spent / low.spent) / Math.log(high.spent / low.spent);
  return low.reached + share * (high.reached - low.reached);
}
