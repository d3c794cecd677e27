import { join } from "node:path";
import { experimentNamed, experiments } from "./experiments.ts";
import { attacks } from "../lib/attack/attacks.ts";
import { methods } from "../lib/distillation/methods.ts";
import { checkInputs, keepInputCards } from "../lib/runs/input_cards.ts";
import { choiceOptions, parseChoices } from "../lib/runs/choices.ts";
import { RESULTS } from "../lib/files/project_root.ts";
import { claimsAt } from "../lib/runs/claim.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { ownBeside, type Plan, planExperiments } from "../lib/runs/open_plan.ts";
import { type LoadedSources, planSources } from "../lib/runs/plan_sources.ts";
import { mergePlans, type PlannedRun, resultNameOf } from "../lib/runs/planned_run.ts";
import { checkSetUsed, type PlanChoices } from "../lib/runs/plan.ts";
import { chosenTable } from "../lib/runs/report/chosen_table.ts";
import { verdictTable } from "../lib/runs/report/verdict_table.ts";
import { holderOf } from "../lib/store/run_lock.ts";
import { estimateTime } from "../lib/runs/estimate_time.ts";
import { runAndReport } from "../lib/runs/run_and_report.ts";
import { parseShard, type Shard, shardOf } from "../lib/runs/shard.ts";
import { type WorkLeft, workLeft } from "../lib/runs/work_left.ts";
import {
  parseSlurmOptions,
  slurmOptions,
  type Submitted,
  submitToSlurm,
} from "../lib/runs/slurm/submit.ts";
import { slurmStatus, statusText } from "../lib/runs/slurm/status.ts";
import { collectTable, fewCrossings, type ResultTable } from "../lib/runs/table/result_table.ts";
import { summaryTable } from "../lib/runs/table/summary_table.ts";
import { readTable, tableName, updateTable } from "../lib/runs/table/table_file.ts";
import { verdicts } from "../lib/runs/table/verdicts.ts";
import {
  backendsNamed,
  describeStartedBackend,
  startBackend,
} from "../lib/backend/start_backend.ts";
import {
  argumentsOf,
  type CommandLine,
  parseTime,
  parseWholeNumber,
  runCommand,
} from "../lib/commands/command_line.ts";
import { backendOption, folderOptions } from "../lib/commands/common_options.ts";
import { bundleOf, type Displayable } from "../lib/report/display.ts";
import { counted, formatDuration } from "../lib/report/duration.ts";
import { exists } from "../lib/files/exists.ts";
import { printable } from "../lib/files/printable.ts";
import { MANIFEST_FILE } from "../lib/store/manifest.ts";
import { ResultsFolder } from "../lib/store/results_folder.ts";
import { UserError } from "../lib/user_error.ts";

function listed(heading: string, entries: readonly (readonly [string, string])[]): string {
  return [`${heading}:`, ...entries.map(([name, text]) => `  ${name.padEnd(23)}${text}`)].join(
    "\n",
  );
}

const command = {
  name: "reproduce",
  summary: "Makes the missing runs of experiments, writes results and prints tables.\n\n" +
    [
      listed("experiments", experiments.map(({ name, title }) => [name, title])),
      listed("methods", methods.map(({ name, summary }) => [name, summary])),
      listed("attacks", attacks.map(({ shortName, summary }) => [shortName, summary])),
    ].join("\n\n"),
  positionals: "[experiment…]",
  options: {
    ...choiceOptions,
    ...backendOption,
    ...folderOptions,
    threads: { value: "N", help: "threads per run on onednn (default: 1, runs side by side)" },
    "teacher-cache": {
      value: "MIB",
      help:
        "disk space for a run's cached teacher logits, and again for all other caches (default: 1024)",
    },
    shard: { value: "I/N", help: "make only the I-th of N parts of the runs" },
    until: { value: "TIME", help: "stop at a checkpoint after this time: 150m, 2h30m" },
    verbose: { help: "print a line for each epoch even without a terminal" },
    "dry-run": { help: "list the runs and an estimate of their time from measured steps" },
    ...slurmOptions,
  },
} as const;

type Line = CommandLine<typeof command.options>;

/** The most threads: thousands crash OpenMP. May exceed the cores here, to resume others' runs. */
const MOST_THREADS = 256;

if (import.meta.main) await runCommand(command, Deno.args, reproduce);

async function reproduce({ positionals, options }: Line): Promise<number> {
  const chosen = (positionals.length > 0 ? positionals : ["quickstart"]).map(experimentNamed);
  const submission = parseSlurmOptions(options);
  if (options.status) return await showStatus(options.results ?? RESULTS, positionals);
  const choices = parseChoices(options);
  const shard = parseShard(options.shard);
  const threads = parseWholeNumber("threads", options.threads ?? "1", 1, MOST_THREADS);
  const teacherCache = parseWholeNumber("teacher-cache", options["teacher-cache"] ?? "1024", 0);
  const until = options.until === undefined ? null : parseTime("until", options.until);
  backendsNamed(options.backend ?? "auto");
  checkSetUsed(chosen, choices);
  const results = options.results ?? RESULTS;
  const folder = options["dry-run"]
    ? await ResultsFolder.openToRead(results, { mayBeMissing: true })
    : await ResultsFolder.open(results);
  const data = { dataFolder: options.data, acceptUnverified: options["unverified-data"] };
  const sources = planSources({ results: folder.path, ...data });
  const plans = await planExperiments(chosen, choices, folder.path, sources);
  const runs = shardOf(mergePlans([...plans.values()].map(({ asked }) => asked)), shard);
  const damage = await damageIn(folder, plans, choices);
  const works = await workLeft(folder, runs);
  for (const cause of damage) console.error(`damaged: ${printable(cause)}`);
  if (!await exists(join(folder.path, MANIFEST_FILE))) {
    const unread = (await folder.unlisted()).find(({ file }) => file.endsWith(".arrow"));
    if (unread) console.error(`warning: ${printable(unread.message)}`);
  }
  const canRun = works.length === 0 ||
    await haveInputs(works, options["dry-run"] ? null : folder, sources);
  if (options["dry-run"]) {
    if (works.length > 0) await listWork(works, folder, options.backend, threads, sources);
    else if (damage.length === 0) console.log(nothingToDo(runs, shard));
    throwIfDamaged(damage);
    return 0;
  }
  await keepInputCards(folder.path, runs);
  if (submission && works.length > 0 && canRun) {
    const experiments = chosen.map(({ name }) => name);
    const given = { ...options, submit: undefined, jobs: undefined, slurm: undefined };
    const args = argumentsOf({ positionals: experiments, options: given });
    const request = { results: folder.path, experiments, args, plan: runs, works, ...submission };
    return tellSubmitted(await submitToSlurm(request), works.length);
  }
  let status = canRun ? 0 : 1;
  if (works.length === 0) {
    const again = "To make them again, name another folder with --results.";
    if (damage.length === 0) console.log(`${nothingToDo(runs, shard)} ${again}`);
  } else if (canRun) {
    status = await runAndReport(works, {
      folder,
      ...data,
      teacherCache,
      threads,
      backend: options.backend,
      seconds: until,
      verbose: options.verbose,
    });
  }
  for (const [experiment, plan] of plans) {
    const name = tableName(experiment, choices.scale, choices.dataset);
    await updateTable(folder, name, experiment, plan);
    await printTable(experiment, choices, plan, await tableOf(folder, plan));
  }
  throwIfDamaged(damage);
  return status;
}

/** @throws UserError if there is damage */
function throwIfDamaged(damage: readonly string[]): void {
  if (damage.length > 0) throw new UserError(damage.join("\n"));
}

/**
 * Checks that images and teachers are at hand. Without them, finished runs are shown all the same.
 *
 * @param folder holds the finished runs; null if nothing is to be shown
 * @throws UserError if a run that is not trained yet needs what is missing
 */
async function haveInputs(
  works: readonly WorkLeft[],
  folder: ResultsFolder | null,
  sources: LoadedSources,
): Promise<boolean> {
  try {
    await checkInputs(works.map(({ run }) => run), sources);
    return true;
  } catch (error) {
    const present = await folder?.present();
    const areTrained = present && works.every(({ run }) => present.has(resultNameOf(run)));
    if (!(error instanceof UserError) || !areTrained) throw error;
    console.error(`not measured: ${error.message}`);
    return false;
  }
}

/** Lists the damage in the requested runs and in their tables, one sentence each. */
async function damageIn(
  folder: ResultsFolder,
  plans: ReadonlyMap<Experiment, Plan>,
  { scale, dataset }: PlanChoices,
): Promise<string[]> {
  const causes = new Set<string>();
  for (const [experiment, { asked }] of plans) {
    const table = await readTable(folder, tableName(experiment, scale, dataset));
    if (table instanceof UserError) causes.add(table.message);
    for (const { cause } of (await collectTable(folder, asked)).damaged) causes.add(cause);
  }
  return [...causes];
}

function tellSubmitted({ jobId, tasks, folder }: Submitted, runs: number): number {
  const what = `${counted(runs, "run")} in ${counted(tasks, "task")}`;
  console.log(
    `submitted job ${jobId}: ${what}, with script and logs in ${folder}; --status shows their state`,
  );
  return 0;
}

async function showStatus(results: string, experiments: readonly string[]): Promise<number> {
  const folder = await ResultsFolder.openToRead(results);
  const { submissions, unasked } = await slurmStatus(folder, experiments);
  if (unasked !== null) console.error(`warning: ${unasked}; this state is from the results alone`);
  const named = experiments.length > 0 ? ` for ${experiments.join(", ")}` : "";
  const none = `Nothing has been submitted to Slurm${named}.`;
  console.log(submissions.map(statusText).join("\n\n") || none);
  return 0;
}

/** Collects the requested runs, and the default runs to compare them with. */
async function tableOf(folder: ResultsFolder, plan: Plan): Promise<ResultTable> {
  const table = await collectTable(folder, plan.asked);
  const others = await collectTable(folder, ownBeside(plan));
  return {
    ...table,
    rows: [...others.rows, ...table.rows],
    results: [...others.results, ...table.results],
  };
}

async function printTable(
  experiment: Experiment,
  { scale }: PlanChoices,
  { asked }: Plan,
  table: ResultTable,
): Promise<void> {
  const print = async (shown: Displayable) =>
    console.log(`\n${(await bundleOf(shown))["text/plain"]}`);
  await print(summaryTable(experiment, scale, table));
  const withClaims = { ...experiment, claims: claimsAt(experiment, scale, asked) };
  const claims = verdicts(withClaims, table.rows)
    .filter(({ kind }) => kind !== "elsewhere" && kind !== "not measured")
    .map(({ claim }) => claim);
  if (claims.length > 0) await print(verdictTable({ ...experiment, claims }, table.rows));
  if (asked.some(({ specification: { dataset } }) => dataset.validation !== undefined)) {
    const names = new Set(asked.map(({ name }) => name));
    await print(chosenTable(asked, table.rows.filter(({ run }) => names.has(run))));
  }
  for (const warning of fewCrossings(table)) console.error(`warning: ${warning}`);
}

function nothingToDo(runs: readonly PlannedRun[], { index, count }: Shard): string {
  const which = count === 1 ? "" : ` of part ${index} of ${count}`;
  return runs.length === 0
    ? `Nothing to do: there are fewer runs than ${count} parts, and none is left for part ${index}.`
    : `Nothing to do: every run${which} is there.`;
}

async function listWork(
  works: readonly WorkLeft[],
  folder: ResultsFolder,
  backend: string | undefined,
  threads: number,
  sources: LoadedSources,
): Promise<void> {
  const started = await startBackend(backend, { threads });
  console.log(describeStartedBackend(started));
  const estimate = await estimateTime(works, started.backend, threads, sources);
  const present = await folder.present();
  for (const [index, { run, training }] of works.entries()) {
    const holder = await holderOf(folder.path, run.name);
    console.log(
      `${run.name}  about ${formatDuration(estimate.runs[index])}` +
        (training ? "" : ", to be measured only") +
        (training && present.has(resultNameOf(run))
          ? ", again: its student's weights are gone"
          : "") +
        (holder ? `, process ${holder.pid} on ${holder.host} makes it now` : ""),
    );
  }
  console.log(
    `${counted(works.length, "run")}, about ${formatDuration(estimate.total)} with ` +
      `${estimate.sideBySide} side by side`,
  );
}
