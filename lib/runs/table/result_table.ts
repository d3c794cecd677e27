import { join } from "node:path";
import { type PlannedRun, resultNameOf } from "../planned_run.ts";
import { measuredFault, nameFault } from "./result_fault.ts";
import { conditionsOf } from "./conditions.ts";
import { type RunResult, type TableRow, tableRow } from "./table_row.ts";
import type { Measurement } from "../../analysis/evaluations/evaluation.ts";
import type { ArrowContent } from "../../store/arrow_file.ts";
import { counted } from "../../report/duration.ts";
import type { ResultsFolder } from "../../store/results_folder.ts";
import { resultFile } from "../../store/manifest.ts";
import type { EpochRow } from "../../training/epoch_row.ts";
import type { RunSpecification } from "../../training/run_specification.ts";
import { UserError } from "../../user_error.ts";

/** An experiment's results so far, and the missing and damaged ones. */
export interface ResultTable {
  /** One for each trained run that can be read, in the order of the plan */
  readonly rows: readonly TableRow[];
  /** The results behind `rows`, in the same order */
  readonly results: readonly RunResult[];
  /** Runs that are not trained yet. */
  readonly missing: readonly PlannedRun[];
  /** Trained runs that lack an evaluation. */
  readonly unmeasured: readonly PlannedRun[];
  readonly damaged: readonly { readonly run: PlannedRun; readonly cause: string }[];
}

/** Reads the results of the planned runs, in the order of the plan. */
export async function collectTable(
  folder: ResultsFolder,
  plan: readonly PlannedRun[],
): Promise<ResultTable> {
  const present = await folder.present();
  const isThere = (name: string) => present.has(name);
  const missing = plan.filter((run) => !isThere(resultNameOf(run)));
  const trained = plan.filter((run) => isThere(resultNameOf(run)));
  const evaluated = (run: PlannedRun) =>
    run.evaluations.map(({ result }) => result).filter(isThere);
  const names = trained.flatMap((run) => [resultNameOf(run), ...evaluated(run)]);
  const read = new Map((await folder.readEach(names)).map((found, i) => [names[i], found]));

  const found: { run: PlannedRun; result: RunResult }[] = [];
  const damaged: { run: PlannedRun; cause: string }[] = [];
  for (const run of trained) {
    const contents = checked(
      folder,
      [resultNameOf(run), ...evaluated(run)].map((name) => [name, read.get(name)!]),
    );
    const causes = contents.filter((content) => content instanceof UserError);
    damaged.push(...causes.map(({ message: cause }) => ({ run, cause })));
    const [training, ...evaluations] = contents;
    if (training instanceof UserError) continue;
    found.push({ run, result: runResult(run, training, evaluations) });
  }
  return {
    rows: found.map(({ run, result }) => tableRow(run, result)),
    results: found.map(({ result }) => result),
    missing,
    unmeasured: trained.filter((run) => evaluated(run).length < run.evaluations.length),
    damaged,
  };
}

/**
 * Checks a run and its evaluations, in this order. Replaces a result by an error if it is not the
 * one that its name says, or measured other weights than the run's.
 */
function checked(
  folder: ResultsFolder,
  contents: readonly (readonly [name: string, content: ArrowContent | UserError])[],
): (ArrowContent | UserError)[] {
  const [[, run]] = contents;
  return contents.map(([name, content]) => {
    if (content instanceof UserError) return content;
    const fault = nameFault(name, content.metadata) ??
      (run instanceof UserError ? null : measuredFault(content.metadata, run.metadata));
    return fault === null
      ? content
      : new UserError(`${join(folder.path, resultFile(name))} is damaged: ${fault}`);
  });
}

function runResult(
  { name }: PlannedRun,
  { rows, metadata }: ArrowContent,
  evaluations: readonly (ArrowContent | UserError)[],
): RunResult {
  const whole = evaluations.flatMap((content) => content instanceof UserError ? [] : [content]);
  const specification: RunSpecification = JSON.parse(metadata.specification);
  return {
    name,
    specification,
    rows: rows as readonly EpochRow[],
    measurements: whole.flatMap(({ rows, metadata }) => {
      const conditions = conditionsOf(specification, metadata);
      return rows.map((row) => ({ ...row as unknown as Measurement, conditions }));
    }),
    // Older evaluations did not record their warnings.
    warnings: whole.flatMap(({ metadata }): string[] => JSON.parse(metadata.warnings ?? "[]")),
    metadata,
  };
}

/**
 * Warns of runs whose BSS attack seldom crosses the boundary, and so teaches nothing about it. Each
 * warning has the options in force and advice. There is no advice for other attacks.
 */
export function fewCrossings({ rows, results }: Pick<ResultTable, "rows" | "results">): string[] {
  return rows.flatMap(({ run, figures }, index) => {
    const { attack, eta, step, maxSteps } = results[index].specification.options;
    const share = figures.share_not_crossed ?? 0;
    if (share <= 0.5 || attack !== undefined) return [];
    const percent = (100 * share).toFixed(0);
    return [
      `${percent} % of the attacked samples of ${run} never crossed the boundary, ` +
      `with eta=${eta}, step=${step} and maxSteps=${maxSteps}; ${adviceFor(step, Number(eta))}`,
    ];
  });
}

/** Lists the warnings of evaluations, each once with the first runs that it is about. */
export function doubtfulMeasurements({ results }: Pick<ResultTable, "results">): string[] {
  const warned = results.flatMap(({ name, warnings }) =>
    // One evaluation may warn of the same thing for each norm and ε.
    [...new Set(warnings)].map((warning) => ({ name, warning }))
  );
  return [...Map.groupBy(warned, ({ warning }) => warning)].map(([warning, [{ name }, ...more]]) =>
    `${name}${more.length > 0 ? ` and ${counted(more.length, "other run")}` : ""}: ${warning}`
  );
}

function adviceFor(step: unknown, eta: number): string {
  if (step !== "newton") return "try a larger eta, or step=newton with eta=1";
  return eta < 1
    ? "try eta=1, with which step=newton goes to the boundary; smaller steps stop short of it"
    : "try a larger maxSteps or eta";
}
