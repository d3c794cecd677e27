import { mixedConditions, type TableRow } from "./table_row.ts";
import {
  type PairedDifference,
  pairedDifference,
} from "../../analysis/statistics/paired_difference.ts";
import { mean, type MeanStd, meanStdOf } from "../../analysis/statistics/interval.ts";
import { measureNamed } from "./measures.ts";

/** A gain over the reference. */
interface Gain extends PairedDifference {
  /** One for each pair, in the order of the row's seeds */
  readonly values: readonly number[];
  /** The conditions that differ within its pairs: "processor", "precision", "kernels" */
  readonly mixed: readonly string[];
}

/** The seeds of one data set, share, teacher, student, method and protocol together. */
export interface SummaryRow extends
  MeanStd,
  Pick<
    TableRow,
    | "dataset"
    | "fraction"
    | "teacher"
    | "student"
    | "method"
    | "setting"
    | "epochs"
    | "first_stage_epochs"
  > {
  readonly seeds: readonly number[];
  /** The first measure in its unit, one value per seed, in the order of `seeds` */
  readonly values: readonly number[];
  /** The first measure's gain over the reference, paired by seed; null without a reference */
  readonly gain: Gain | null;
  /** The other measures by name; null if not measured */
  readonly others: Readonly<Record<string, MeanStd | null>>;
  /** Mean shares, 0…1, of crossed to target, third class, not crossed; null without an attack */
  readonly outcomes: readonly [number, number, number] | null;
}

/** The reference and the measures of a summary; an experiment has both. */
export interface SummaryChoice {
  readonly reference: string;
  readonly measures: readonly string[];
}

const ACCURACY: SummaryChoice = { reference: "original", measures: ["test_accuracy"] };

/** Summarises a table: groups its rows by all but the seed, in their order. */
export function summarise(
  rows: readonly TableRow[],
  { reference, measures: [first, ...others] } = ACCURACY,
): SummaryRow[] {
  // The epochs of a first stage are a cost of the method, so they do not tell places apart.
  const place = ({ dataset, fraction, student, setting, epochs }: TableRow) =>
    JSON.stringify([dataset, fraction, student, setting, epochs]);
  const groups = Map.groupBy(
    rows,
    (row) => JSON.stringify([place(row), row.teacher, row.method, row.first_stage_epochs]),
  );
  return [...groups.values()].map((group) => {
    const { dataset, fraction, teacher, student, method, setting, epochs, first_stage_epochs } =
      group[0];
    const measured = group.filter((row) => valueOf(row, first) !== null);
    const values = measured.map((row) => valueOf(row, first)!);
    const theirs = rows.filter((row) =>
      row.method === reference && place(row) === place(group[0]) &&
      (row.teacher === null || row.teacher === teacher)
    );
    return {
      dataset,
      fraction,
      teacher,
      student,
      method,
      setting,
      epochs,
      first_stage_epochs,
      seeds: measured.map((row) => row.seed),
      values,
      ...meanStdOf(values) ?? { mean: NaN, std: null },
      gain: method === reference ? null : gainOver(theirs, measured, first),
      others: Object.fromEntries(others.map((name) => [
        name,
        meanStdOf(group.map((row) => valueOf(row, name)).filter((value) => value !== null)),
      ])),
      outcomes: outcomesOf(group),
    };
  });
}

/** Gives a row's figure in the unit of its measure; null if it was not measured. */
export function valueOf({ figures, costs }: TableRow, name: string): number | null {
  const value = figures[name] ?? costs[name] ?? null;
  return value === null ? null : value * measureNamed(name).scale;
}

function gainOver(
  reference: readonly TableRow[],
  group: readonly TableRow[],
  measure: string,
): SummaryRow["gain"] {
  const pairs = group.flatMap((row) => {
    const other = reference.find(({ seed }) => seed === row.seed);
    return other && valueOf(other, measure) !== null ? [[row, other]] : [];
  });
  if (pairs.length === 0) return null;
  const [ours, theirs] = [0, 1].map((side) => pairs.map((pair) => valueOf(pair[side], measure)!));
  const mixed = pairs.flatMap((pair) => mixedConditions(pair, measure));
  const values = ours.map((value, index) => value - theirs[index]);
  return { ...pairedDifference(ours, theirs), values, mixed: [...new Set(mixed)] };
}

function outcomesOf(group: readonly TableRow[]): SummaryRow["outcomes"] {
  const shares = group
    .map((
      { figures },
    ) => [figures.share_crossed_to_target, figures.share_third_class, figures.share_not_crossed])
    .filter((row) => row.every((share) => share !== null)) as [number, number, number][];
  if (shares.length === 0) return null;
  const meanOf = (outcome: number) => mean(shares.map((row) => row[outcome]));
  return [meanOf(0), meanOf(1), meanOf(2)];
}
