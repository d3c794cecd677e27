import { backends } from "../backend/backends.ts";
import { boundaryWeight } from "../distillation/schedules.ts";
import { formatTextTable } from "../report/cell.ts";
import { UserError } from "../user_error.ts";
import type { Configuration } from "./configuration.ts";
import { type MedianRange, medianRangeOf, rangeText, type Repeats } from "./repeat.ts";
import type { WorkerAnswer, WorkerTask, WorkerTimes } from "./side_by_side_worker.ts";
import type { Workload } from "./workload.ts";

/** A run of table 1 on a fifth of CIFAR-10: 40 steps an epoch, the last one small. */
const RUN = { epochs: 80, images: 10_000, testImages: 10_000 } as const;

/** The speed of a machine that trains one run a core, as the runner does. */
export interface SideBySide {
  readonly backend: string;
  /** The number of runs at once, of one thread each */
  readonly runs: number;
  readonly rows: readonly SideBySideRow[];
}

/** Medians over the rounds, in one configuration. */
interface SideBySideRow {
  readonly configuration: string;
  /** The steps of all runs together, of students trained on labels alone */
  readonly original_steps_per_hour: MedianRange;
  readonly bss_steps_per_hour: MedianRange;
  /** The estimated seconds of a run of BSS with `RUN`'s length, evaluated after every epoch */
  readonly bss_run_seconds: MedianRange;
}

interface SideBySidePlan {
  readonly workload: Workload;
  readonly configurations: readonly Configuration[];
  readonly repeats: Repeats;
  readonly rounds: number;
}

/** Takes the same steps in a worker for each run that the backend has room for, at the same time. */
export async function measureSideBySide(
  backend: string,
  { workload, configurations, repeats, rounds }: SideBySidePlan,
): Promise<SideBySide> {
  const { runsAtOnce } = backends.find(({ name }) => name === backend)!;
  const runs = runsAtOnce(navigator.hardwareConcurrency);
  const workers = Array.from({ length: runs }, () => new BenchWorker());
  try {
    await Promise.all(workers.map(({ ready }) => ready));
    const found = configurations.map((): WorkerTimes[][] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, configuration] of configurations.entries()) {
        const task = { backend, workload, configuration, repeats };
        found[i].push(await Promise.all(workers.map((worker) => worker.measure(task))));
      }
    }
    return {
      backend,
      runs,
      rows: configurations.map(({ name }, i) => rowOf(name, found[i], workload.shape[0])),
    };
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

/**
 * Sums up what the workers of each round measured.
 *
 * @param batch the number of images in a step
 */
export function rowOf(
  configuration: string,
  rounds: readonly (readonly WorkerTimes[])[],
  batch: number,
): SideBySideRow {
  const perHour = (method: "original" | "bss") =>
    medianRangeOf(
      rounds.map((workers) => workers.reduce((sum, times) => sum + 3_600_000 / times[method], 0)),
    );
  return {
    configuration,
    original_steps_per_hour: perHour("original"),
    bss_steps_per_hour: perHour("bss"),
    bss_run_seconds: medianRangeOf(
      rounds.map((workers) =>
        workers.reduce((sum, times) => sum + runSeconds(times, batch), 0) / workers.length
      ),
    ),
  };
}

export function sideBySideTable({ backend, runs, rows }: SideBySide): string {
  return formatTextTable(
    ["configuration", "steps an hour, labels alone", "steps an hour, BSS", "a run of BSS (s)"],
    rows.map((row) => [
      row.configuration,
      rangeText(row.original_steps_per_hour, 0),
      rangeText(row.bss_steps_per_hour, 0),
      rangeText(row.bss_run_seconds, 0),
    ]),
    {
      title: `${runs} runs side by side on ${backend}, one thread each: the whole machine's steps`,
      note: `a run: ${RUN.epochs} epochs on ${RUN.images} images, each with an evaluation on ` +
        `${RUN.testImages}; estimated from the steps, without the making of mini-batches`,
    },
  );
}

/** Estimates a run of BSS, whose samples are off once their weight is zero. */
function runSeconds({ bss, hinton, evaluation }: WorkerTimes, batch: number): number {
  let ms = 0;
  for (let epoch = 1; epoch <= RUN.epochs; epoch++) {
    const step = boundaryWeight(epoch, RUN.epochs) > 0 ? bss : hinton;
    ms += (RUN.images * step + RUN.testImages * evaluation) / batch;
  }
  return ms / 1000;
}

/** A worker thread that measures one task at a time. */
class BenchWorker {
  readonly #worker = new Worker(import.meta.resolve("./side_by_side_worker.ts"), {
    type: "module",
  });
  /** Settles once the worker has loaded its code. */
  readonly ready = this.#next();

  /** @throws UserError with the worker's message, if the measurement fails */
  async measure(task: WorkerTask): Promise<WorkerTimes> {
    const next = this.#next();
    this.#worker.postMessage(task);
    const answer = await next as WorkerAnswer;
    if ("failure" in answer) throw new UserError(answer.failure);
    return answer.times;
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new UserError(`a worker died: ${event.message}`));
      };
    });
  }
}
