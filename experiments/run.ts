import { estimateSeconds } from "./estimate.ts";
import type { Experiment } from "./experiment.ts";
import { experimentNamed, experiments } from "./experiments.ts";
import { openPlan, RESULTS } from "./open_plan.ts";
import { ProgressReport } from "./progress_report.ts";
import { collectTable, type ResultTable, tableName, writeTable } from "./result_table.ts";
import { missingRuns, runMissing, type RunSettings } from "./run_missing.ts";
import type { PlanChoices, PlannedRun } from "./run_plan.ts";
import { inShard, parseShard } from "./shard.ts";
import { summaryTable } from "./summary_table.ts";
import { attackNamed, attacks } from "../lib/attack/attacks.ts";
import {
  backendsNamed,
  describeStartedBackend,
  startBackend,
} from "../lib/backend/start_backend.ts";
import {
  type CommandLine,
  parseList,
  parseWholeNumber,
  runCommand,
} from "../lib/commands/command_line.ts";
import { backendOption, folderOptions } from "../lib/commands/common_options.ts";
import { parseSeeds } from "../lib/commands/parse_seeds.ts";
import type { DataOptions } from "../lib/data/data_source.ts";
import { methodNamed } from "../lib/distillation/methods.ts";
import { type Precision, PRECISIONS } from "../lib/nn/freeze.ts";
import { bundleOf } from "../lib/report/display.ts";
import { formatDuration } from "../lib/report/duration.ts";
import { ResultsFolder } from "../lib/report/results_folder.ts";
import { type Scale, SCALES } from "../lib/training/run_specification.ts";
import { UserError } from "../lib/user_error.ts";

const command = {
  name: "reproduce",
  summary: "Runs what is missing of experiments, writes results and prints their tables.\n\n" +
    "experiments:\n" +
    experiments.map(({ name, title }) => `  ${name.padEnd(14)}${title}`).join("\n"),
  positionals: "[experiment…]",
  options: {
    scale: { value: SCALES.join("|"), help: "how much to run (default: quick)" },
    dataset: { value: "NAME", help: "another data set than the experiment's" },
    students: { value: "A,B", help: "other students: resnet8, resnet14, …" },
    methods: { value: "A,B", help: "other methods than the experiment's" },
    seeds: { value: "N|A,B", help: "how many seeds, or which" },
    attack: {
      value: attacks.map(({ shortName }) => shortName).join("|"),
      help: "which attack makes the samples of the method bss (default: bss)",
    },
    "teacher-precision": {
      value: PRECISIONS.join("|"),
      help: "what the teacher computes in (default: f32; bf16 on onednn, where the CPU has it)",
    },
    ...backendOption,
    ...folderOptions,
    threads: { value: "N", help: "threads of each run on onednn (default: 1, runs side by side)" },
    "teacher-cache": {
      value: "MIB",
      help:
        "room on disk for the teacher's logits, which later runs take from there (default: 1024)",
    },
    shard: { value: "I/N", help: "run only the I-th of N parts of the missing runs" },
    "dry-run": { help: "list the runs and an estimate of their time" },
  },
} as const;

type Line = CommandLine<typeof command.options>;

if (import.meta.main) await runCommand(command, Deno.args, reproduce);

async function reproduce({ positionals, options }: Line): Promise<number> {
  const chosen = (positionals.length > 0 ? positionals : ["quickstart"]).map(experimentNamed);
  const choices = parseChoices(options);
  const shard = parseShard(options.shard);
  const threads = parseWholeNumber("threads", options.threads ?? "1", 1);
  const teacherCache = parseWholeNumber("teacher-cache", options["teacher-cache"] ?? "1024", 0);
  backendsNamed(options.backend ?? "auto");
  const folder = await ResultsFolder.open(options.results ?? RESULTS);
  const data = { dataFolder: options.data, acceptUnverified: options["unverified-data"] };
  const plans = new Map<Experiment, PlannedRun[]>();
  for (const experiment of chosen) {
    plans.set(experiment, await openPlan(experiment, choices, { results: folder.path, ...data }));
  }
  // A run that stands in several experiments is one run.
  const planned = [...new Map([...plans.values()].flat().map((run) => [run.name, run])).values()];
  // Damaged results are found before hours are spent on the rest.
  for (const plan of plans.values()) rejectDamaged(await collectTable(folder, plan));
  const missing = (await missingRuns(folder, planned)).filter(inShard(shard));

  if (options["dry-run"]) return await dryRun(missing, options.backend, threads);
  if (missing.length === 0) console.log("Nothing to do: every run is there.");
  const status = missing.length === 0 ? 0 : await runAndReport(missing, folder, options.backend, {
    ...data,
    teacherCache,
    threads,
  });
  for (const [experiment, plan] of plans) {
    await updateTable(experiment, plan, choices, folder, data);
    const table = await collectTable(folder, plan);
    const summary = await bundleOf(summaryTable(experiment, choices.scale, table));
    console.log(`\n${summary["text/plain"]}`);
    warnOfFewCrossings(table);
  }
  return status;
}

/**
 * Keeps the experiment's table up to date: its own runs and those asked for now, so that a command
 * about one method does not drop the others from it.
 */
async function updateTable(
  experiment: Experiment,
  plan: readonly PlannedRun[],
  { scale, dataset = experiment.scales[scale].dataset }: PlanChoices,
  folder: ResultsFolder,
  data: DataOptions,
): Promise<void> {
  const own = await openPlan(experiment, { scale, dataset }, { results: folder.path, ...data });
  const runs = [...new Map([...own, ...plan].map((run) => [run.name, run])).values()];
  const table = await collectTable(folder, runs);
  const name = tableName(experiment, scale, dataset);
  const written = await folder.has(name) ? (await folder.read(name)).rows : [];
  const isThere = new Set(written.map((row) => row.run));
  if (table.rows.some(({ run }) => !isThere.has(run))) {
    await writeTable(folder, name, experiment, table);
  }
}

/** Gives the exit status: 2 if a run failed, 1 if one was stopped, 0 if all are finished. */
async function runAndReport(
  missing: readonly PlannedRun[],
  folder: ResultsFolder,
  backend: string | undefined,
  settings: Pick<RunSettings, "dataFolder" | "acceptUnverified" | "teacherCache" | "threads">,
): Promise<number> {
  const started = await startBackend(backend);
  console.log(describeStartedBackend(started));
  const abort = new AbortController();
  const stop = () => {
    console.log("stopping; what is finished is kept");
    abort.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  const progress = new ProgressReport(missing);
  const { failed, left } = await runMissing(missing, {
    folder,
    backend: started.backend.name,
    ...settings,
    signal: abort.signal,
    onNews: (run, news) => progress.tell(run, news),
  });
  progress.end();
  for (const { run, cause } of failed) console.error(`failed: ${run.name}\n  ${cause}`);
  for (const run of left) console.error(`not finished: ${run.name}`);
  if (failed.length + left.length > 0) {
    console.error("run the same command again for what is missing");
  }
  return failed.length > 0 ? 2 : left.length > 0 ? 1 : 0;
}

async function dryRun(
  missing: readonly PlannedRun[],
  backend: string | undefined,
  threads: number,
): Promise<number> {
  if (missing.length === 0) {
    console.log("Nothing to do: every run is there.");
    return 0;
  }
  const started = await startBackend(backend, { threads });
  console.log(describeStartedBackend(started));
  const estimate = await estimateSeconds(missing, started.backend, threads);
  missing.forEach((run, index) =>
    console.log(`${run.name}  about ${formatDuration(estimate.runs[index])}`)
  );
  console.log(
    `${missing.length} runs, about ${formatDuration(estimate.total)} with ` +
      `${estimate.sideBySide} side by side`,
  );
  return 0;
}

/** An attack that seldom crosses teaches nothing of the boundary; other attacks know no such advice. */
function warnOfFewCrossings({ rows, results }: ResultTable): void {
  const few = rows.filter(({ share_not_crossed }, index) =>
    (share_not_crossed ?? 0) > 0.5 && results[index].specification.options.attack === undefined
  );
  for (const { run, share_not_crossed } of few) {
    console.error(
      `warning: ${
        (100 * share_not_crossed!).toFixed(0)
      } % of the attacked samples of ${run} never ` +
        `crossed the boundary; a larger eta, or step "newton", makes more of them cross`,
    );
  }
}

function rejectDamaged({ damaged }: ResultTable): void {
  if (damaged.length > 0) throw new UserError(damaged.map(({ cause }) => cause).join("\n"));
}

function parseChoices(options: Line["options"]): PlanChoices {
  const scale = options.scale ?? "quick";
  if (!(SCALES as readonly string[]).includes(scale)) {
    throw new UserError(`there is no scale "${scale}"; choose from ${SCALES.join(", ")}`);
  }
  const precision = options["teacher-precision"] ?? "f32";
  if (!(PRECISIONS as readonly string[]).includes(precision)) {
    throw new UserError(
      `--teacher-precision is "${precision}"; choose from ${PRECISIONS.join(", ")}`,
    );
  }
  const list = (name: "students" | "methods") =>
    options[name] === undefined ? undefined : parseList(name, options[name]);
  list("methods")?.forEach(methodNamed);
  if (options.attack !== undefined) attackNamed(options.attack);
  return {
    scale: scale as Scale,
    dataset: options.dataset,
    students: list("students"),
    methods: list("methods"),
    seeds: options.seeds === undefined ? undefined : parseSeeds(options.seeds),
    attack: options.attack,
    teacherPrecision: precision as Precision,
  };
}
