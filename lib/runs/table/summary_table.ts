import type { Experiment } from "../experiment.ts";
import type { PlannedRun } from "../planned_run.ts";
import { measureNamed } from "./measures.ts";
import { doubtfulMeasurements, type ResultTable } from "./result_table.ts";
import { summarise, type SummaryRow } from "./summary.ts";
import type { MeanStd } from "../../analysis/statistics/interval.ts";
import { tellingColumns } from "./telling_columns.ts";
import type { Displayable } from "../../report/display.ts";
import { counted } from "../../report/duration.ts";
import { formatInterval } from "../../report/format_interval.ts";
import { displayTable, type TableColumn } from "../../report/display_table.ts";
import { signedText } from "../../report/minus_signs.ts";
import type { Scale } from "../../training/run_specification.ts";

/**
 * Makes a table of an experiment's results so far, for a notebook and as text: one line per student
 * and method, mean ± standard deviation over seeds, gains paired by seed, and what is missing or
 * damaged.
 */
export function summaryTable(
  experiment: Experiment,
  scale: Scale,
  table: ResultTable,
): Displayable {
  const { reference, measures: [first, ...others] } = experiment;
  const { title, unit, digits } = measureNamed(first);
  const points = unit === "%" ? "points" : unit;
  const summary = summarise(table.rows, experiment);
  const varies = (key: "dataset" | "fraction" | "epochs" | "first_stage_epochs") =>
    new Set(summary.map((row) => row[key])).size > 1;
  const areSeedsAlike = new Set(summary.map(({ seeds }) => seeds.join())).size <= 1;
  const paper = paperCells(experiment, summary, scale, digits);
  const isReported = paper.some(({ paper }) => /\d/.test(paper ?? ""));
  const planned: (TableColumn | false)[] = [
    varies("dataset") && { key: "dataset", title: "data" },
    varies("fraction") && { key: "fraction", title: "share of data", unit: "%", align: "right" },
    new Set(summary.flatMap((row) => row.teacher ?? [])).size > 1 &&
    { key: "teacher", title: "teacher" },
    { key: "student", title: "student" },
    { key: "method", title: "method" },
    { key: "setting", title: "protocol" },
    (varies("epochs") || varies("first_stage_epochs")) &&
    { key: "epochs", title: "epochs", align: "right" },
    { key: "value", title, unit, align: "right" },
    !areSeedsAlike && { key: "count", title: "seeds", align: "right" },
    // A table of many measures has no room for them; its figures and its file have each seed.
    others.length < 5 && { key: "seeds", title: "by seed", unit, align: "right" },
    { key: "gain", title: `over ${reference}, paired`, unit: points, align: "right" },
    { key: "interval", title: "95 % interval", align: "right" },
    isReported && { key: "paper", title: "the paper's", unit, align: "right" },
    { key: "from", title: "from the paper's", unit: points, align: "right" },
    ...others.map((name): TableColumn => {
      const { title, unit } = measureNamed(name);
      return { key: name, title, unit, align: "right" };
    }),
    { key: "crossed", title: "attacked: to target / third / not crossed", unit: "%" },
  ];
  const rows = summary.map((row, index) => ({
    dataset: row.dataset,
    fraction: shareText(row.fraction),
    teacher: row.teacher,
    student: row.student,
    method: row.method,
    setting: varies("epochs") ? withoutEpochs(row.setting) : row.setting,
    epochs: row.first_stage_epochs > 0
      ? `${row.first_stage_epochs} + ${row.epochs}`
      : String(row.epochs),
    value: row.values.length > 0 ? meanStdText(row, digits) : null,
    count: row.seeds.length,
    seeds: row.values.map((value) => value.toFixed(digits - 1)).join("  ") || null,
    gain: gainText(row, digits),
    interval: intervalText(row, digits),
    ...paper[index],
    ...Object.fromEntries(others.map((name) => {
      const spread = row.others[name];
      return [name, spread && meanStdText(spread, measureNamed(name).digits)];
    })),
    crossed: row.outcomes && row.outcomes.map((share) => (100 * share).toFixed(0)).join(" / "),
  }));
  const { columns, constants } = tellingColumns(
    { columns: planned.filter((column) => column !== false), rows },
    ["student", "setting"],
  );
  return displayTable({
    title: titleOf(experiment, scale, table, constants),
    columns,
    rows,
    note: noteOf(table, summary, {
      areSeedsAlike,
      isPaperSilent: !isReported && paper.some(({ paper }) => paper !== null),
      isMeasured: table.results.some(({ measurements }) =>
        measurements.some(({ measure }) => experiment.measures.includes(measure))
      ),
    }),
  });
}

/** Leaves out of a protocol's settings the epochs, which have a column of their own. */
function withoutEpochs(setting: string | null): string | null {
  const others = setting?.split(", ").filter((one) => !one.startsWith("epochs="));
  return others?.join(", ") || null;
}

/** A line's cells about the paper; null on other images than the paper's. */
interface PaperCells {
  readonly paper: string | null;
  readonly from: string | null;
}

/** Makes the paper's cells. Only runs with all of its data and its protocol are compared to it. */
function paperCells(
  { paper, scales }: Experiment,
  summary: readonly SummaryRow[],
  scale: Scale,
  digits: number,
): PaperCells[] {
  const isPapers = (row: SummaryRow) => scales.paper.some(({ dataset }) => dataset === row.dataset);
  const figureOf = (row: SummaryRow) => {
    const isOther = scale === "paper" && (row.fraction < 1 || changesTraining(row));
    return isOther || !isPapers(row) ? undefined : paper?.[row.student]?.[row.method];
  };
  return summary.map((row) => {
    const figure = figureOf(row);
    if (figure === undefined) {
      return { paper: paper && isPapers(row) ? "not reported here" : null, from: null };
    }
    const from = scale === "paper" ? signedText(row.mean - figure, digits) : null;
    return { paper: figure.toFixed(digits), from };
  });
}

/** True if settings change more than the arithmetic and the epochs after which a run is tested. */
function changesTraining({ setting }: SummaryRow): boolean {
  const settings = setting?.split(", ") ?? [];
  return !settings.every((one) => /^(studentPrecision|evaluateEvery)=/.test(one));
}

/** Names the experiment, its first measure unless it is accuracy, and what all rows share. */
function titleOf(
  { title, measures: [first] }: Experiment,
  scale: Scale,
  { rows }: ResultTable,
  constants: readonly string[],
): string {
  const only = <T>(values: readonly T[]) => new Set(values).size === 1 ? values[0] : undefined;
  const dataset = only(rows.map((row) => row.dataset));
  const fraction = only(rows.map((row) => row.fraction));
  const teacher = only(rows.flatMap((row) => row.teacher ?? []));
  const data = dataset &&
    (fraction === undefined ? dataset : `${shareText(fraction)} % of ${dataset}`);
  const shown = first === "test_accuracy" ? title : `${title}, ${measureNamed(first).title}`;
  const shared = [data, teacher && `teacher ${teacher}`, ...constants, `scale ${scale}`];
  return `${shown}. ${shared.filter(Boolean).join("; ")}`;
}

/** Names a student and its share of the images. */
export function placeText({ student, fraction }: Pick<SummaryRow, "student" | "fraction">): string {
  return `${student}, ${shareText(fraction)} % of the images`;
}

/** Formats a share in percent: "20". */
export function shareText(fraction: number): string {
  return String(Number((100 * fraction).toPrecision(3)));
}

/** Formats mean and standard deviation: "86.02 ± 0.21", which may break before "±". */
export function meanStdText({ mean, std }: MeanStd, digits: number): string {
  return mean.toFixed(digits) + spreadText(std, digits);
}

function spreadText(std: number | null, digits: number): string {
  return std === null ? "" : ` ±\u00a0${std.toFixed(digits)}`;
}

/** Marks a comparison that rounding alone may have moved. */
const MIXED = "†";

function gainText({ gain }: SummaryRow, digits: number): string | null {
  if (!gain) return null;
  const mark = gain.mixed.length > 0 ? MIXED : "";
  return signedText(gain.mean, digits) + spreadText(gain.n > 1 ? gain.std : null, digits) + mark;
}

function intervalText({ gain }: SummaryRow, digits: number): string | null {
  // A break within an interval would be hard to read.
  return gain?.interval ? formatInterval(gain.interval, digits, [0]).replace(" ", "\u00a0") : null;
}

function noteOf(
  { rows, results, missing, unmeasured, damaged }: ResultTable,
  summary: readonly SummaryRow[],
  { areSeedsAlike, isPaperSilent, isMeasured }: Readonly<
    Record<"areSeedsAlike" | "isPaperSilent" | "isMeasured", boolean>
  >,
): string {
  const mixed = new Set(summary.flatMap(({ gain }) => gain?.mixed ?? []));
  const doubts = isMeasured ? doubtfulMeasurements({ results }) : [];
  return [
    `${counted(rows.length, "run")}, mean ± standard deviation over seeds; last epoch`,
    !areSeedsAlike && "A gain is over the seeds that both methods have",
    summary.some(({ gain }) => gain?.interval) &&
    "Intervals are of one comparison each, not adjusted",
    isPaperSilent && "The paper's figures of these runs are not known here",
    summary.some(({ outcomes }) => outcomes !== null) &&
    "Attacked: shares of the samples made in training that ended in the target class, a third " +
      "class or their own class",
    mixed.size > 0 && `${MIXED} with pairs that differ in ${[...mixed].join(", ")}`,
    missing.length > 0 && `Missing: ${describeRuns(missing)}`,
    unmeasured.length > 0 && `Not yet measured: ${describeRuns(unmeasured)}`,
    doubts.length > 0 && `Doubtful measurements: ${doubts.join("; ")}`,
    damaged.length > 0 && `Damaged: ${damaged.map(({ cause }) => cause).join("; ")}`,
  ].filter(Boolean).join(". ");
}

/** Describes runs: "resnet8 bss on cifar10 for 160 epochs, seeds 1, 2; …". */
function describeRuns(runs: readonly PlannedRun[]): string {
  const groups = Map.groupBy(runs, ({ label, specification: { dataset, student, protocol } }) =>
    [
      student,
      label,
      dataset.fraction < 1
        ? `on ${shareText(dataset.fraction)} % of ${dataset.name}`
        : `on ${dataset.name}`,
      `for ${protocol.epochs} epochs`,
    ].join(" "));
  return [...groups].map(([name, group]) => {
    const seeds = group.map(({ specification }) => specification.seed).join(", ");
    return `${name}, seed${group.length > 1 ? "s" : ""} ${seeds}`;
  }).join("; ");
}
