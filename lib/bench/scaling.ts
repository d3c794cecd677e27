import { configurations } from "./configuration.ts";
import { type MeasuredStep, measureStep } from "./measure_step.ts";
import { PreparedWorkload } from "./prepared_workload.ts";
import { RANDOM_WORKLOAD, randomWorkload, type RandomWorkloadOptions } from "./random_workload.ts";
import type { Repeats } from "./repeat.ts";

/** The batch sizes and students to measure. */
const BATCHES = [64, 128, 256, 512, 1024];
const STUDENTS = ["resnet8", "resnet14", "resnet20", "resnet26"];

/** The times of the step at one size. */
export interface ScalingPoint {
  readonly student: string;
  readonly batch: number;
  readonly step: MeasuredStep;
}

/**
 * Measures the step on the current backend for batches from 64 to 1024 with a quarter attacked, and
 * for larger students at the paper's batch of 256. It uses random images, since there are always
 * enough of them.
 */
export async function* measureScaling(repeats: Repeats): AsyncIterable<ScalingPoint> {
  const { student, batch } = RANDOM_WORKLOAD;
  for (const size of BATCHES) yield await measurePoint({ student, batch: size }, repeats);
  for (const other of STUDENTS.filter((name) => name !== student)) {
    yield await measurePoint({ student: other, batch }, repeats);
  }
}

async function measurePoint(
  point: Pick<RandomWorkloadOptions, "student" | "batch">,
  repeats: Repeats,
): Promise<ScalingPoint> {
  const prepared = await PreparedWorkload.prepare(await randomWorkload(point), configurations[0]);
  const step = await measureStep(prepared, repeats);
  prepared.dispose();
  return { ...point, step };
}
