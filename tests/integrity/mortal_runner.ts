/**
 * A process for kills_test.ts. It makes small runs as `reproduce` does:
 *
 *     mortal_runner.ts WORK FOLDER [MOMENT TIME [--later]]
 *
 * At the moment's TIME-th occurrence it prints "now" and kills itself, or with --later works on and
 * waits to be killed.
 */
import { deserialize } from "node:v8";
import type { PlannedRun } from "../../lib/runs/planned_run.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { lockRun } from "../../lib/store/run_lock.ts";
import { runOne } from "../../lib/runs/run_missing.ts";
import { workLeft } from "../../lib/runs/work_left.ts";
import type { RunProvenance } from "../../lib/runs/table/run_results.ts";
import { tableName, updateTable } from "../../lib/runs/table/table_file.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import { encodeResNet } from "../../lib/nn/weights_file.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { train } from "../../lib/training/train.ts";

/** The content of the file WORK, written by `serialize` of node:v8. */
export interface Work {
  readonly dataset: Dataset;
  readonly plan: readonly PlannedRun[];
  readonly made: RunProvenance;
}

/** The moments around each change of a file. */
export const FILE_MOMENTS = [
  "in a write",
  "before sync",
  "after sync",
  "before rename",
  "after rename",
  "before remove",
  "after remove",
];

/** A moment from which every other moment of a run is near. */
export const AFTER_A_STEP = "after a step";

if (import.meta.main) {
  const [work, folder, moment, time, later] = Deno.args;
  let left = Number(time);
  await makeRuns(deserialize(await Deno.readFile(work)), folder, (now) => {
    if (now !== moment || --left !== 0) return;
    console.log("now");
    if (!later) Deno.kill(Deno.pid, "SIGKILL");
  });
}

async function makeRuns(
  { dataset, plan, made }: Work,
  path: string,
  onMoment: (moment: string) => void,
): Promise<void> {
  watchFiles(onMoment);
  const folder = await ResultsFolder.open(path);
  await startBackend(made.backend);
  /** Trains in this process, so that its death ends the training, too. */
  const ask: Parameters<typeof runOne>[0]["ask"] = async (request) => {
    if (request.type !== "train") throw new Error(`no ${request.type} here`);
    const { rows, student, initialWeights } = await train(request.specification, {
      dataset,
      teacher: null,
      checkpoints: request.checkpoints,
      environment: { backend: made.backend, tfjs: made.tfjs },
      onMessage: console.log,
      onProgress: ({ row }) => row || onMoment(AFTER_A_STEP),
    });
    const weights = await encodeResNet(student, {});
    return { type: "trained", rows, weights, initialWeights, provenance: dataset.provenance };
  };
  for (const run of plan) {
    const lock = await lockRun(path, run.name);
    const [todo] = await workLeft(folder, [run]);
    if (lock && todo) await runOne({ ask }, todo, made, { folder, backend: made.backend }, lock);
    await lock?.release();
    const table = tableName(quickstart, run.specification.scale);
    await updateTable(folder, table, quickstart, { own: plan, asked: plan });
  }
}

/** Calls `onMoment` before and after each sync, rename and removal, and within each write. */
function watchFiles(onMoment: (moment: string) => void): void {
  function watch<T extends object>(owner: T, name: keyof T & string): void {
    const original = owner[name] as (...args: unknown[]) => Promise<unknown>;
    async function watched(this: T, ...args: unknown[]): Promise<unknown> {
      onMoment(`before ${name}`);
      const result = await original.apply(this, args);
      onMoment(`after ${name}`);
      return result;
    }
    Object.assign(owner, { [name]: watched });
  }
  watch(Deno.FsFile.prototype, "sync");
  watch(Deno, "rename");
  watch(Deno, "remove");
  const { write } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.write = async function (bytes) {
    const written = await write.call(this, bytes.subarray(0, bytes.length >> 1));
    onMoment("in a write");
    return written + await write.call(this, bytes.subarray(written));
  };
}
