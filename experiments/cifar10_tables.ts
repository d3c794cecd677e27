import { join } from "node:path";
import { openReport } from "./experiments.ts";
import { RESULTS } from "../lib/files/project_root.ts";
import type { ReportChoices } from "../lib/runs/report/experiment_report.ts";
import { collectTable } from "../lib/runs/table/result_table.ts";

/** The seeds of all but the main comparisons. */
export const FIVE_SEEDS = [1, 2, 3, 4, 5];

/** Choices of the runs on a fifth of CIFAR-10, with the seeds that the rule for verdicts plans. */
export const ON_A_FIFTH = {
  scale: "paper",
  fractions: [0.2],
  students: ["resnet8"],
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  teacherPrecision: "bf16",
  set: { protocol: { studentPrecision: "bf16", evaluateEvery: 5 } },
} as const;

/**
 * Collects an experiment's rows on a fifth of CIFAR-10, or with other choices.
 *
 * @throws UserError for a bad choice
 */
export async function tableOf(name: string, choices: Partial<ReportChoices> = {}) {
  const results = join(RESULTS, "cifar10");
  const report = await openReport(name, { ...ON_A_FIFTH, ...choices, results });
  const { rows } = await collectTable(report.folder, report.plan);
  return { experiment: report.experiment, rows };
}
