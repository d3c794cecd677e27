import { CALIBRATION_BINS } from "../../analysis/fidelity/calibration.ts";
import type { ResultTable } from "../table/result_table.ts";
import type { SummaryRow } from "../table/summary.ts";
import { shareText } from "../table/summary_table.ts";
import type { AccuracyPoint } from "../../report/accuracy_over.ts";
import type { MethodGain } from "../../report/gain_intervals.ts";
import type { MethodReliability } from "../../report/reliability_diagram.ts";
import type { LearningCurve } from "../../report/learning_curves.ts";

/** Adds the share of the training images, and the epochs, to the students' names where they vary. */
function withShares<T extends Pick<SummaryRow, "student" | "fraction" | "epochs">>(
  rows: readonly T[],
): T[] {
  const varies = (key: "fraction" | "epochs") => new Set(rows.map((row) => row[key])).size > 1;
  const [shares, epochs] = [varies("fraction"), varies("epochs")];
  return rows.map((row) => ({
    ...row,
    student: row.student +
      (shares ? `, ${shareText(row.fraction)} % of the images` : "") +
      (epochs ? `, ${row.epochs} epochs` : ""),
  }));
}

/** Lists the gains over the reference, in the first measure's unit. Leaves out rows without one. */
export function gains(summary: readonly SummaryRow[]): MethodGain[] {
  return withShares(summary).flatMap(({ method, student, gain }) =>
    gain ? [{ method, student, mean: gain.mean, interval: gain.interval }] : []
  );
}

/** Lists the first measure, by seed, against another one (mean over seeds), each in its unit. */
export function against(summary: readonly SummaryRow[], measure: string): AccuracyPoint[] {
  return summary.flatMap(({ method, values, others }) => {
    const cost = others[measure];
    return cost ? [{ method, x: cost.mean, values }] : [];
  });
}

/** Lists the gains over the reference, by seed, against the share of images in percent. */
export function gainsByShare(summary: readonly SummaryRow[]): AccuracyPoint[] {
  return summary.flatMap(({ method, fraction, gain }) =>
    gain ? [{ method, x: 100 * fraction, values: gain.values }] : []
  );
}

/** Gives each run's test accuracy over its epochs, in percent, where it was evaluated. */
export function curves({ rows, results }: ResultTable): LearningCurve[] {
  const named = withShares(rows);
  return results.map(({ rows: all }, index) => {
    const epochs = all.filter(({ test_accuracy }) => test_accuracy !== null);
    const { student, method, seed } = named[index];
    return {
      name: `${student} ${method}, seed ${seed}`,
      group: method,
      student,
      epochs: epochs.map((row) => Number(row.epoch)),
      accuracy: epochs.map((row) => 100 * Number(row.test_accuracy)),
    };
  });
}

/**
 * Pools the test images' predictions of each method's seeds by confidence. Leaves out methods
 * without such a measurement.
 */
export function reliabilities({ rows, results }: ResultTable): MethodReliability[] {
  const named = withShares(rows);
  const isOnePlace = new Set(named.map(({ student }) => student)).size < 2;
  const runs = named.map(({ method, student }, index) => ({
    measurements: results[index].measurements,
    method: isOnePlace ? method : `${method}, ${student}`,
  }));
  return [...Map.groupBy(runs, ({ method }) => method)].flatMap(([method, runs]) => {
    const all = runs.flatMap(({ measurements }) => measurements);
    const pooled = (measure: string) => {
      const found = all.filter((row) => row.measure === measure && row.value !== null);
      const n = found.reduce((sum, row) => sum + row.n, 0);
      return { n, mean: found.reduce((sum, row) => sum + row.n * row.value!, 0) / n };
    };
    const bins = Array.from({ length: CALIBRATION_BINS }, (_, bin) => {
      const { n, mean: confidence } = pooled(`confidence_bin${bin}_test`);
      return { n, confidence, accuracy: pooled(`accuracy_bin${bin}_test`).mean };
    });
    return bins.some(({ n }) => n > 0) ? [{ method, bins }] : [];
  });
}
