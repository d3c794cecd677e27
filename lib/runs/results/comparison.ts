import { type Pair, pairsOf, sideNames, type Sides } from "./compared_sides.ts";
import { lastAccuracy } from "./result_cells.ts";
import type { StoredRun } from "./stored_result.ts";
import { conditionsOf, conditionsThatDiffer } from "../table/conditions.ts";
import { mean, meanStdOf } from "../../analysis/statistics/interval.ts";
import { meanStdText } from "../table/summary_table.ts";
import { pairedDifference } from "../../analysis/statistics/paired_difference.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable, type TableColumn } from "../../report/display_table.ts";
import { formatInterval } from "../../report/format_interval.ts";
import type { LearningCurve } from "../../report/learning_curves.ts";
import { signedText } from "../../report/minus_signs.ts";
import { differences } from "../../training/run_specification.ts";

/** The most epochs that the table of learning curves has. */
const MOST_EPOCHS = 10;

/**
 * Makes the tables of a comparison: final accuracies with their difference, paired by seed; what
 * differs in the specifications; and the accuracies over the epochs.
 */
export function comparisonTables(sides: Sides): Displayable[] {
  return [accuracyTable(sides), specificationTable(sides), epochTable(sides)];
}

/** Gives each run's test accuracy over its epochs, for a figure. */
export function comparedCurves(sides: Sides): LearningCurve[] {
  const names = sideNames(sides);
  const methods = sides.map(([{ specification }]) => specification.method);
  // A method's own name gives it its colour.
  const groups = methods[0] === methods[1] ? names : methods;
  return sides.flatMap((side, index) =>
    side.map((run) => {
      const curve = curveOf(run);
      return {
        name: `${names[index]}, seed ${run.specification.seed}`,
        group: groups[index],
        epochs: [...curve.keys()],
        accuracy: [...curve.values()],
      };
    })
  );
}

function sideColumns(sides: Sides): TableColumn[] {
  const [a, b] = sideNames(sides);
  return [
    { key: "a", title: a, unit: "%", align: "right" },
    { key: "b", title: b, unit: "%", align: "right" },
    { key: "difference", title: "difference", unit: "points", align: "right" },
  ];
}

function accuracyTable(sides: Sides): Displayable {
  const pairs = pairsOf(sides);
  const seeds = new Set(sides.flat().map(({ specification: { seed } }) => seed));
  const rows = [...seeds].sort((one, other) => one - other).map((seed) => {
    const [a, b] = sides.map((side) =>
      side.find(({ specification }) => specification.seed === seed)
    )
      .map((run) => run ? lastAccuracy(run) : null);
    return { seed, ...valueCells(a, b) };
  });
  const [a, b] = sides.map((side) => meanStdText(meanStdOf(side.map(lastAccuracy))!, 2));
  const { mean, interval } = pairedDifference(
    pairs.map(([run]) => lastAccuracy(run)),
    pairs.map(([, run]) => lastAccuracy(run)),
  );
  const range = interval ? ` ${formatInterval(interval, 2, [0])}` : "";
  const difference = pairs.length > 0 ? signedText(mean) + range : null;
  return displayTable({
    title: "Accuracy after the last epoch",
    columns: [{ key: "seed", title: "seed", align: "right" }, ...sideColumns(sides)],
    rows: [...rows, { seed: "mean", a, b, difference }],
    note: accuracyNote(pairs),
  });
}

function accuracyNote(pairs: readonly Pair[]): string {
  if (pairs.length === 0) return "No seed is on both sides, so there is no paired difference.";
  const mixed = new Set(
    pairs.flatMap((pair) =>
      conditionsThatDiffer(
        pair.map(({ specification, metadata }) => conditionsOf(specification, metadata)),
      )
    ),
  );
  return [
    "The difference is paired by seed" +
    (pairs.length > 1 ? ", with the 95 % interval of its mean" : ""),
    ...mixed.size > 0 ? [`the runs of a pair differ in ${[...mixed].join(", ")}`] : [],
  ].join("; ") + ".";
}

function specificationTable([[a], [b]]: Sides): Displayable {
  const found = differences({ ...a.specification, seed: 0 }, { ...b.specification, seed: 0 });
  return displayTable({
    title: "What differs in the specifications",
    columns: [
      { key: "path", title: "setting" },
      { key: "before", title: "first" },
      { key: "now", title: "second" },
    ],
    rows: found.map(({ path, before = null, now = null }) => ({ path, before, now })),
    ...found.length === 0 ? { note: "Nothing but the seed." } : {},
  });
}

function epochTable(sides: Sides): Displayable {
  const pairs = pairsOf(sides);
  const [a, b] = sides.map((side, index) =>
    meanCurve((pairs.length > 0 ? pairs.map((pair) => pair[index]) : side).map(curveOf))
  );
  const epochs = [...a.keys()].filter((epoch) => b.has(epoch));
  const count = Math.min(epochs.length, MOST_EPOCHS);
  const shown = Array.from(
    { length: count },
    (_, index) => epochs[Math.round(index * (epochs.length - 1) / Math.max(1, count - 1))],
  );
  return displayTable({
    title: "Accuracy over the epochs, mean over seeds",
    columns: [{ key: "epoch", title: "epoch" }, ...sideColumns(sides)],
    rows: shown.map((epoch) => ({ epoch, ...valueCells(a.get(epoch)!, b.get(epoch)!) })),
  });
}

/** Gives the test accuracy in percent by epoch, where it was evaluated. */
function curveOf({ rows }: StoredRun): Map<number, number> {
  const evaluated = rows.filter(({ test_accuracy }) => test_accuracy !== null);
  return new Map(evaluated.map((row) => [Number(row.epoch), 100 * Number(row.test_accuracy)]));
}

/** Averages curves over the epochs that all of them have. */
function meanCurve(curves: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const epochs = [...curves[0].keys()].filter((epoch) => curves.every((curve) => curve.has(epoch)));
  return new Map(epochs.map((epoch) => [epoch, mean(curves.map((curve) => curve.get(epoch)!))]));
}

function valueCells(a: number | null, b: number | null) {
  return {
    a: a?.toFixed(2) ?? null,
    b: b?.toFixed(2) ?? null,
    difference: a === null || b === null ? null : signedText(a - b),
  };
}
