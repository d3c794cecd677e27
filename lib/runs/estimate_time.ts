import { sideBySide } from "./run_missing.ts";
import { flopsOf, type WorkLeft } from "./work_left.ts";
import type { PlannedRun } from "./planned_run.ts";
import type { LoadedSources } from "./plan_sources.ts";
import type { Backend } from "../backend/backend.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { takeImages } from "../data/stratified_subset.ts";
import { methodNamed } from "../distillation/methods.ts";
import { architectureFor } from "../nn/network_families.ts";
import { frozenOf } from "../nn/freeze.ts";
import { readResNet } from "../nn/weights_file.ts";
import { forwardFlops } from "../training/cost.ts";
import { type EpochRow, trainingSeconds } from "../training/epoch_row.ts";
import { environmentOf } from "../training/environment.ts";
import { imageCounts, type RunSpecification } from "../training/run_specification.ts";
import { train } from "../training/train.ts";

/** Estimated times, in seconds. */
export interface TimeEstimate {
  /** One per run */
  readonly runs: readonly number[];
  readonly total: number;
  /** The number of runs at once */
  readonly sideBySide: number;
}

/** Seconds per image: in training, by stage, and in evaluation. */
interface Speed {
  readonly training: ReadonlyMap<string, number>;
  readonly evaluation: number;
}

/** Enough for convolutions to reach full speed, few enough for the slowest backend. */
const MEASURED_IMAGES = 64;

/**
 * The slower first epoch of a stage is left out. Of the other five, the last two make no boundary
 * supporting samples; in a run, a quarter of the epochs makes none.
 */
const MEASURED_EPOCHS = 6;

/**
 * Estimates the time of runs from measured steps: each method with each student trains on a few
 * mini-batches. The estimate is somewhat low, since runs side by side share the memory. It is too low
 * for a method whose step takes longer the more training images there are, such as "contrastive".
 */
export async function estimateTime(
  works: readonly WorkLeft[],
  backend: Backend,
  threads: number,
  sources: LoadedSources,
): Promise<TimeEstimate> {
  const speeds = new Map<string, Speed>();
  const runs: number[] = [];
  for (const work of works) {
    const key = workloadOf(work.run);
    const speed = speeds.get(key) ?? await measureSpeed(work.run, backend, sources);
    speeds.set(key, speed);
    runs.push(secondsOf(work, speed));
  }
  const atOnce = Math.min(sideBySide(backend, threads), runs.length);
  const sum = runs.reduce((total, value) => total + value, 0);
  return { runs, total: Math.max(sum / atOnce, ...runs), sideBySide: atOnce };
}

/**
 * Estimates the total time roughly, in seconds instead of a minute: measures steps of one run and
 * scales them by the floating-point operations of the others.
 */
export async function estimateTimeRoughly(
  works: readonly WorkLeft[],
  backend: Backend,
  threads: number,
  sources: LoadedSources,
): Promise<number> {
  const { run } = works[Math.floor(works.length / 2)];
  const speed = await measureSpeed(run, backend, sources);
  const seconds = secondsOf({ run, training: true, evaluations: [] }, speed);
  const flops = works.reduce((sum, work) => sum + flopsOf(work), 0);
  const atOnce = Math.min(sideBySide(backend, threads), works.length);
  return flops * (seconds / run.flops) / atOnce;
}

/** Names a run's workload. Runs with the same workload take the same time per image. */
function workloadOf({ specification }: PlannedRun): string {
  const { dataset, teacher, student, method, options, protocol } = specification;
  const { batchSize, studentPrecision } = protocol;
  const workload = [dataset.name, teacher, student, method, options, batchSize, studentPrecision];
  return JSON.stringify(workload);
}

/**
 * Gives a method's options for a smaller mini-batch, so that the same share of its images is
 * attacked.
 */
function inProportion({ options, protocol }: RunSpecification, batchSize: number) {
  const { baseSamples } = options;
  return typeof baseSamples === "number"
    ? { ...options, baseSamples: Math.ceil(baseSamples * batchSize / protocol.batchSize) }
    : options;
}

async function measureSpeed(
  { specification, teacher: { file } }: PlannedRun,
  backend: Backend,
  sources: LoadedSources,
): Promise<Speed> {
  const whole = await sources.dataset(specification.dataset.name);
  const batchSize = Math.min(specification.protocol.batchSize, MEASURED_IMAGES);
  const dataset = {
    ...whole,
    train: someImages(whole, whole.train, batchSize),
    test: someImages(whole, whole.test, MEASURED_IMAGES),
  };
  const { network } = await readResNet(file);
  const teacher = frozenOf(network, { precision: specification.teacher?.precision });
  try {
    const epochs = MEASURED_EPOCHS;
    const protocol = { ...specification.protocol, batchSize, epochs, evaluateEvery: undefined };
    const options = inProportion(specification, batchSize);
    const { name, fingerprint } = whole;
    const all = { name, fingerprint, fraction: 1, testImages: null };
    const { rows, student } = await train({ ...specification, dataset: all, options, protocol }, {
      dataset,
      teacher,
      environment: await environmentOf(backend.name),
    });
    student.dispose();
    const stages = Map.groupBy(rows, ({ stage }) => String(stage));
    return {
      training: new Map(
        [...stages].map(([stage, rows]) => [stage, meanOf(rows, trainingSeconds) / batchSize]),
      ),
      evaluation: meanOf(rows, (row) => Number(row.seconds_evaluation)) / dataset.test.count,
    };
  } finally {
    teacher.dispose();
  }
}

function secondsOf(
  { run: { specification, dataset: whole }, training, evaluations }: WorkLeft,
  speed: Speed,
): number {
  const { dataset, method, options, protocol, student } = specification;
  const { train, test } = imageCounts(whole, dataset);
  const testImages = dataset.testImages ?? test;
  const stages = methodNamed(method).stages(options, protocol.epochs);
  const epochSeconds = stages.map(({ name, epochs }) =>
    epochs * (train * dataset.fraction * (speed.training.get(name) ?? 0) +
      testImages * speed.evaluation / (protocol.evaluateEvery ?? 1))
  );
  const flops = evaluations.reduce((sum, evaluation) => sum + evaluation.flops, 0);
  const anImage = forwardFlops(architectureFor(student, whole), whole);
  const evaluating = flops / anImage * speed.evaluation;
  return evaluating + (training ? epochSeconds.reduce((sum, value) => sum + value, 0) : 0);
}

/** Takes images from all of a set, since some sets are in the order of their classes. */
function someImages(dataset: Dataset, set: ImageSet, most: number): ImageSet {
  const length = Math.min(most, set.count);
  const indices = Int32Array.from({ length }, (_, k) => Math.floor(k * set.count / length));
  return takeImages(dataset, set, indices);
}

/** Averages all rows but the first, which includes compiling and preparing. */
function meanOf(rows: readonly EpochRow[], value: (row: EpochRow) => number): number {
  const measured = rows.length > 1 ? rows.slice(1) : rows;
  return measured.reduce((sum, row) => sum + value(row), 0) / measured.length;
}
