import { startBackend } from "../backend/start_backend.ts";
import { UserError } from "../user_error.ts";
import { type Configuration, configurations } from "./configuration.ts";
import { type KernelTime, measureKernelTime } from "./kernel_time.ts";
import { type MeasuredStep, measureStep, medianOfRounds } from "./measure_step.ts";
import { PreparedWorkload } from "./prepared_workload.ts";
import type { Repeats } from "./repeat.ts";
import { runStep } from "./run_step.ts";
import { firstImages, type Workload } from "./workload.ts";

/** The times of a backend in one configuration. */
export interface BackendMeasurement {
  readonly backend: string;
  readonly configuration: string;
  /** The whole workload, or its first images if the whole takes too long. */
  readonly workload: Workload;
  /** The rounds in their order. */
  readonly rounds: readonly MeasuredStep[];
  /** The medians of the rounds. */
  readonly step: MeasuredStep;
  /** The kernel time of the student step; measured only in the first configuration. */
  readonly kernelTime: KernelTime | null;
}

/** A BSS step that would take longer on all images is measured on fewer. */
const PATIENCE_MS = 30_000;
/** The time that a step on fewer images should take. */
const ENDURABLE_MS = 3_000;
/** The repeats of a slow step. */
const SLOW_REPEATS: Repeats = { warmUp: 1, timed: 3 };
/** Batch-norm needs two images. */
const FEWEST_IMAGES = 2;
/** The numbers of images of test steps; the larger ones only while steps are quick. */
const PROBES = [4, 16, 64];
const QUICK_MS = 1_000;

/** The plan for measuring a backend. */
interface BackendPlan {
  readonly workload: Workload;
  readonly repeats: Repeats;
  readonly rounds: number;
  readonly configurations: readonly Configuration[];
  /** Called after each round, for PyTorch's turn. */
  readonly afterRound?: () => Promise<void>;
  /** Receives a text about each measurement that was left out or made on fewer images. */
  readonly note: (text: string) => void;
}

/** Makes a backend the current one and measures it in each configuration. */
export async function measureBackend(
  backend: string,
  plan: BackendPlan,
): Promise<BackendMeasurement[]> {
  await startBackend(backend);
  const { workload, repeats } = await endurablePlan(plan, backend);
  const candidates: { configuration: Configuration; prepared: PreparedWorkload }[] = [];
  for (const configuration of plan.configurations) {
    try {
      const prepared = await PreparedWorkload.prepare(workload, configuration);
      candidates.push({ configuration, prepared });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      plan.note(`not measured: ${configuration.name}: ${error.message}`);
    }
  }
  const rounds = candidates.map((): MeasuredStep[] => []);
  for (let round = 0; round < plan.rounds; round++) {
    for (const [i, { prepared }] of candidates.entries()) {
      rounds[i].push(await measureStep(prepared, repeats));
    }
    await plan.afterRound?.();
  }
  const measurements: BackendMeasurement[] = [];
  for (const [i, { configuration, prepared }] of candidates.entries()) {
    measurements.push({
      backend,
      configuration: configuration.name,
      workload,
      rounds: rounds[i],
      step: medianOfRounds(rounds[i]),
      // Measured for the default alone: the share of the calls is much the same in all of them.
      kernelTime: i === 0 ? await measureKernelTime(prepared, repeats) : null,
    });
    prepared.dispose();
  }
  return measurements;
}

/** Reduces images and repeats if all of them would take too long, as in plain JavaScript. */
async function endurablePlan({ workload, repeats, note }: BackendPlan, backend: string) {
  let images = workload.shape[0];
  let anImage = Infinity;
  for (const count of PROBES) {
    const probe = firstImages(workload, count);
    const ms = await probeStep(probe);
    anImage = Math.min(anImage, ms / probe.shape[0]);
    if (images * anImage <= PATIENCE_MS) return { workload, repeats };
    // If a few images already take long, the time is not that of the calls.
    if (ms > QUICK_MS) break;
  }
  while (images > FEWEST_IMAGES && images * anImage > ENDURABLE_MS) images = Math.ceil(images / 2);
  const timed = Math.min(repeats.timed, SLOW_REPEATS.timed);
  note(`${backend} is measured on ${images} images, ${timed} times: more would take too long`);
  return { workload: firstImages(workload, images), repeats: { ...SLOW_REPEATS, timed } };
}

/** Times a BSS step in ms: the second one, unless the first is too slow for a warm-up. */
async function probeStep(workload: Workload): Promise<number> {
  const prepared = await PreparedWorkload.prepare(workload, configurations[0]);
  const step = async () => (await runStep("bss", prepared)).ms;
  const cold = await step();
  const ms = cold > QUICK_MS ? cold : await step();
  prepared.dispose();
  return ms;
}
