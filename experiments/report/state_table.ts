import { type ExperimentReport, reproduceCommand } from "./experiment_report.ts";
import { estimateSeconds } from "../runner/estimate.ts";
import { workLeft } from "../runner/work_left.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";
import type { Displayable } from "../../lib/report/display.ts";
import { displayTable } from "../../lib/report/display_table.ts";
import { formatDuration } from "../../lib/report/duration.ts";

/**
 * What is there of an experiment, and what to do about the rest: the command, and how long it will
 * take by steps that are measured here and now.
 */
export async function stateTable(
  report: ExperimentReport,
  backend?: string,
): Promise<Displayable> {
  const { experiment, choices, folder, sources, plan } = report;
  const works = await workLeft(folder, plan);
  const columns = [
    { key: "scale", title: "scale" },
    { key: "runs", title: "runs", align: "right" as const },
    { key: "there", title: "there", align: "right" as const },
    { key: "missing", title: "missing", align: "right" as const },
  ];
  const row = {
    scale: choices.scale,
    runs: plan.length,
    there: plan.length - works.length,
    missing: works.length,
  };
  if (works.length === 0) return displayTable({ title: experiment.title, columns, rows: [row] });
  const started = await startBackend(backend);
  const { total } = await estimateSeconds(works, started.backend, 1, sources);
  return displayTable({
    title: experiment.title,
    columns: [...columns, { key: "time", title: "to make them here", align: "right" }],
    rows: [{ ...row, time: `about ${formatDuration(total)}` }],
    note: `To make what is missing: ${reproduceCommand(report)}, or runMissing = true above.`,
  });
}
