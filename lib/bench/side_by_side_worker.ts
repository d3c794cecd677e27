/// <reference lib="deno.worker" />
/** Measures steps in a worker thread on one core, as the runner's workers train. */
import { startBackend } from "../backend/start_backend.ts";
import { failureText } from "../as_user_error.ts";
import { freeze } from "../nn/freeze.ts";
import type { Configuration } from "./configuration.ts";
import { PreparedWorkload } from "./prepared_workload.ts";
import { repeat, type Repeats } from "./repeat.ts";
import { median } from "../analysis/statistics/median_interval.ts";
import { runForward, runStep } from "./run_step.ts";
import type { Workload } from "./workload.ts";

export interface WorkerTask {
  readonly backend: string;
  readonly workload: Workload;
  readonly configuration: Configuration;
  readonly repeats: Repeats;
}

/** The medians of what a run is made of, in ms for all images of the workload. */
export interface WorkerTimes {
  readonly original: number;
  readonly bss: number;
  /** A step of Hinton's distillation, as those of BSS are in the last quarter of a run */
  readonly hinton: number;
  /** The student's evaluation */
  readonly evaluation: number;
}

export type WorkerAnswer = { readonly times: WorkerTimes } | { readonly failure: string };

self.onmessage = async ({ data }: MessageEvent<WorkerTask>) => {
  const answer: WorkerAnswer = await measure(data).then(
    (times) => ({ times }),
    (error) => ({ failure: failureText(error) }),
  );
  self.postMessage(answer);
};
self.postMessage("ready");

async function measure(
  { backend, workload, configuration, repeats }: WorkerTask,
): Promise<WorkerTimes> {
  await startBackend(backend, { threads: 1 });
  const prepared = await PreparedWorkload.prepare(workload, configuration);
  const student = freeze(prepared.student, { precision: configuration.studentPrecision });
  const step = async (method: string) => {
    const work = () => runStep(method, prepared);
    const steps = await repeat(work, repeats, () => prepared.restore());
    return median(steps.map(({ ms }) => ms));
  };
  const times = {
    original: await step("original"),
    bss: await step("bss"),
    hinton: await step("hinton"),
    evaluation: median(await repeat(() => runForward(student, prepared.images), repeats)),
  };
  student.dispose();
  prepared.dispose();
  return times;
}
