import { join } from "node:path";
import { experimentNamed } from "./experiments.ts";
import { parseCommandLine } from "../lib/commands/command_line.ts";
import { folderOptions } from "../lib/commands/common_options.ts";
import { exists } from "../lib/files/exists.ts";
import { PROJECT_ROOT } from "../lib/files/project_root.ts";
import { formatMarkdownTable } from "../lib/report/cell.ts";
import { choiceOptions, parseChoices } from "../lib/runs/choices.ts";
import { type PlanChoices, planRuns } from "../lib/runs/plan.ts";
import { planSources, recordedSources } from "../lib/runs/plan_sources.ts";
import { mergePlans, resultNameOf } from "../lib/runs/planned_run.ts";
import type { ArrowContent } from "../lib/store/arrow_file.ts";
import { ResultsFolder } from "../lib/store/results_folder.ts";
import { type EpochRow, trainingSeconds } from "../lib/training/epoch_row.ts";
import { UserError } from "../lib/user_error.ts";

/** A command of the plan of runs. */
export interface PlannedCommand {
  /** The names of its experiments */
  readonly experiments: readonly string[];
  readonly choices: PlanChoices;
  /** The results folder, from the project's root */
  readonly results: string;
}

/** The options of `reproduce` that the plan uses. */
const REPRODUCE = {
  name: "reproduce",
  summary: "",
  positionals: "[experiment…]",
  options: { ...choiceOptions, ...folderOptions },
} as const;

/** Reads the plan of runs from README.md beside this file: the commands of each part, by its letter. */
export async function planOfRuns(): Promise<ReadonlyMap<string, readonly PlannedCommand[]>> {
  const text = await Deno.readTextFile(join(PROJECT_ROOT, "experiments", "README.md"));
  return new Map(
    text.split("\n### ").slice(1).map((part) => [
      part.split("\n")[0],
      [...part.matchAll(/^deno task reproduce (.*)$/gm)].map(([, words]) => {
        const { positionals, options } = parseCommandLine(REPRODUCE, words.split(" "));
        return {
          experiments: positionals,
          choices: parseChoices(options),
          results: options.results!,
        };
      }),
    ]),
  );
}

/** Makes a table of what each part of the plan has taken so far. A run counts in its first part. */
export async function hoursOfPlan(): Promise<string> {
  const seen = new Set<string>();
  const takeNew = (results: string, names: readonly string[]) => {
    const found = names.filter((name) => !seen.has(`${results}/${name}`));
    found.forEach((name) => seen.add(`${results}/${name}`));
    return found;
  };
  const lines: string[][] = [];
  for (const [part, commands] of await planOfRuns()) {
    let [planned, trained, training, measuring] = [0, 0, 0, 0];
    for (const { experiments, choices, results } of commands) {
      const path = join(PROJECT_ROOT, results);
      if (!await exists(path)) continue;
      const sources = recordedSources(path, planSources({ results: path }));
      const plans = experiments.map((name) => planRuns(experimentNamed(name), choices, sources));
      const runs = mergePlans(await Promise.all(plans));
      const folder = await ResultsFolder.openToRead(path);

      const own = takeNew(results, runs.map(resultNameOf));
      const trainings = await readPresent(folder, own);
      planned += own.length;
      trained += trainings.length;
      training += sum(
        trainings.flatMap(({ rows }) => rows.map((row) => trainingSeconds(row as EpochRow))),
      );

      const measured = takeNew(
        results,
        runs.flatMap(({ evaluations }) => evaluations.map(({ result }) => result)),
      );
      const evaluations = await readPresent(folder, measured);
      measuring += sum(evaluations.map(({ metadata }) => Number(metadata.seconds)));
    }
    if (trained === 0 && measuring === 0) continue;
    const hours = (seconds: number) => (seconds / 3600).toFixed(1);
    lines.push([part, `${trained} of ${planned}`, hours(training), hours(measuring)]);
  }
  return formatMarkdownTable(["part", "runs", "hours of training", "hours of measuring"], lines);
}

/** Reads those of the results that are there and whole. */
async function readPresent(
  folder: ResultsFolder,
  names: readonly string[],
): Promise<ArrowContent[]> {
  return (await folder.readEach(names)).filter((content): content is ArrowContent =>
    !(content instanceof UserError)
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
