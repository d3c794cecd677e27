/** What notebooks need of the experiments. */
export { experimentNamed, experiments } from "./experiments.ts";
export type { Experiment } from "./plan/experiment.ts";
export { openPlan, RESULTS } from "./plan/open_plan.ts";
export type { PlannedRun } from "./plan/planned_run.ts";
export { runMissing, type RunNews } from "./runner/run_missing.ts";
export { collectTable, type ResultTable } from "./table/result_table.ts";
export { summarise } from "./table/summary.ts";
export { summaryTable } from "./table/summary_table.ts";
