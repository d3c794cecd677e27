/** The part of the experiments that notebooks use. */
export type { Experiment } from "../lib/runs/experiment.ts";
export { openPlan } from "../lib/runs/open_plan.ts";
export type { PlannedRun } from "../lib/runs/planned_run.ts";
export { chosenTable } from "../lib/runs/report/chosen_table.ts";
export { compareRuns } from "../lib/runs/report/compare_runs.ts";
export { equalCostTable } from "../lib/runs/report/equal_cost_table.ts";
export {
  commandFor,
  type ExperimentReport,
  type ReportChoices,
} from "../lib/runs/report/experiment_report.ts";
export {
  against,
  curves,
  gains,
  gainsByShare,
  reliabilities,
} from "../lib/runs/report/figure_rows.ts";
export { provenanceTable } from "../lib/runs/report/provenance_table.ts";
export { runHere } from "../lib/runs/report/run_here.ts";
export { stateTable } from "../lib/runs/report/state_table.ts";
export { timesTable } from "../lib/runs/report/times_table.ts";
export { verdictTable } from "../lib/runs/report/verdict_table.ts";
export { runMissing, type RunNews } from "../lib/runs/run_missing.ts";
export { saveRun } from "../lib/runs/save_run.ts";
export { measureNamed } from "../lib/runs/table/measures.ts";
export { collectTable, type ResultTable } from "../lib/runs/table/result_table.ts";
export { summarise, type SummaryRow } from "../lib/runs/table/summary.ts";
export { summaryTable } from "../lib/runs/table/summary_table.ts";
export { type Verdict, verdicts } from "../lib/runs/table/verdicts.ts";
export { experimentNamed, experiments, openReport } from "./experiments.ts";
