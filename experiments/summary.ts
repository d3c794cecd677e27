import type { TableRow } from "./result_table.ts";
import {
  type PairedDifference,
  pairedDifference,
} from "../lib/analysis/statistics/paired_difference.ts";
import { mean, sampleStd } from "../lib/analysis/statistics/mean.ts";

/** What the seeds of one student and method say together; accuracies in percent. */
export interface SummaryRow {
  readonly student: string;
  readonly method: string;
  readonly seeds: readonly number[];
  readonly accuracies: readonly number[];
  readonly mean: number;
  /** null for one seed */
  readonly std: number | null;
  /** Paired by seed against "original" of the same student; null where there is none */
  readonly gain: PairedDifference | null;
  /** Mean shares of crossed to target, third class, not crossed; null without an attack */
  readonly outcomes: readonly [number, number, number] | null;
}

/** Groups the rows of a table by student and method, in the order in which they come. */
export function summarise(rows: readonly TableRow[]): SummaryRow[] {
  const groups = Map.groupBy(rows, ({ student, method }) => `${student}\n${method}`);
  return [...groups.values()].map((group) => {
    const { student, method } = group[0];
    const accuracies = group.map((row) => 100 * row.test_accuracy);
    return {
      student,
      method,
      seeds: group.map((row) => row.seed),
      accuracies,
      mean: mean(accuracies),
      std: accuracies.length > 1 ? sampleStd(accuracies) : null,
      gain: method === "original" ? null : gainOver("original", group, rows),
      outcomes: outcomesOf(group),
    };
  });
}

function gainOver(
  reference: string,
  group: readonly TableRow[],
  rows: readonly TableRow[],
): SummaryRow["gain"] {
  const pairs = group.flatMap((row) => {
    const other = rows.find((candidate) =>
      candidate.method === reference && candidate.student === row.student &&
      candidate.seed === row.seed
    );
    return other ? [[100 * row.test_accuracy, 100 * other.test_accuracy]] : [];
  });
  if (pairs.length === 0) return null;
  return pairedDifference(pairs.map(([ours]) => ours), pairs.map(([, theirs]) => theirs));
}

function outcomesOf(group: readonly TableRow[]): SummaryRow["outcomes"] {
  const attacked = group.filter((row) => row.share_not_crossed !== null);
  if (attacked.length === 0) return null;
  return [
    mean(attacked.map((row) => row.share_crossed_to_target!)),
    mean(attacked.map((row) => row.share_third_class!)),
    mean(attacked.map((row) => row.share_not_crossed!)),
  ];
}
