import { commandFor, type ExperimentReport, isCommitted } from "./experiment_report.ts";
import { estimateTimeRoughly } from "../estimate_time.ts";
import { resultNameOf } from "../planned_run.ts";
import { type WorkLeft, workLeft } from "../work_left.ts";
import { startBackend } from "../../backend/start_backend.ts";
import { exists } from "../../files/exists.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable } from "../../report/display_table.ts";
import { formatDuration } from "../../report/duration.ts";
import { UserError } from "../../user_error.ts";

/**
 * Makes a table of an experiment's finished runs, with the command for the rest and an estimate of
 * its time here.
 */
export async function stateTable(
  report: ExperimentReport,
  backend?: string,
): Promise<Displayable> {
  const { experiment, choices, folder, sources, plan } = report;
  const works = await workLeft(folder, plan);
  const present = await folder.present();
  const columns = [
    { key: "scale", title: "scale" },
    { key: "runs", title: "runs", align: "right" as const },
    { key: "trained", title: "trained", align: "right" as const },
    { key: "complete", title: "measured", align: "right" as const },
  ];
  const row = {
    scale: choices.scale,
    runs: plan.length,
    trained: plan.filter((run) => present.has(resultNameOf(run))).length,
    complete: plan.length - works.length,
  };
  const shown = (note?: string) =>
    displayTable({ title: experiment.title, columns, rows: [row], note });
  if (works.length === 0) return shown();
  const command = `To make what is missing: ${commandFor(report)}`;
  const todo = await isCommitted(folder)
    ? `${command}. To make all runs in a folder of your own: results = "../results" and ` +
      "runMissing = true above."
    : `${command}, or runMissing = true above.`;
  const absent = await absentTeachers(works);
  if (absent.length > 0) {
    const names = absent.join(", ");
    return shown(
      `${todo} First the weights of ${names} are needed, which do not come with these results; see ` +
        `"Data" in experiments/README.md.`,
    );
  }
  try {
    const started = await startBackend(backend);
    const seconds = await estimateTimeRoughly(works, started.backend, 1, sources);
    return displayTable({
      title: experiment.title,
      columns: [...columns, { key: "time", title: "time for the rest", align: "right" }],
      rows: [{ ...row, time: `about ${formatDuration(seconds)}` }],
      note: todo,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return shown(`${todo} This machine cannot estimate the time: ${error.message}`);
  }
}

/** Names the teachers without weights here: without them nothing can be trained or timed. */
async function absentTeachers(works: readonly WorkLeft[]): Promise<string[]> {
  const teachers = new Map(works.map(({ run: { teacher } }) => [teacher.name, teacher.file]));
  const names = await Promise.all(
    [...teachers].map(async ([name, file]) => await exists(file) ? [] : [name]),
  );
  return names.flat();
}
