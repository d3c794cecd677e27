/** What notebooks need of the experiments. */
export { experimentNamed, experiments } from "./experiments.ts";
export type { Experiment } from "../lib/runs/experiment.ts";
export { openPlan } from "../lib/runs/open_plan.ts";
export type { PlannedRun } from "../lib/runs/planned_run.ts";
export {
  commandFor,
  type ExperimentReport,
  openReport,
  type ReportChoices,
} from "./report/experiment_report.ts";
export { equalCostTable } from "./report/equal_cost_table.ts";
export { against, curves, gains, gainsByShare, withShares } from "./report/figure_rows.ts";
export { provenanceTable } from "./report/provenance_table.ts";
export { runHere } from "./report/run_here.ts";
export { stateTable } from "./report/state_table.ts";
export { timesTable } from "./report/times_table.ts";
export { runMissing, type RunNews } from "../lib/runs/run_missing.ts";
export { measureNamed } from "./table/measures.ts";
export { collectTable, type ResultTable } from "./table/result_table.ts";
export { summarise, type SummaryRow } from "./table/summary.ts";
export { summaryTable } from "./table/summary_table.ts";
export { verdictTable } from "./report/verdict_table.ts";
export { type Verdict, verdicts } from "./table/verdicts.ts";
