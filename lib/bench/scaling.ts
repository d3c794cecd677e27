import { configurations } from "./configuration.ts";
import { type MeasuredStep, measureStep } from "./measure_step.ts";
import { PreparedWorkload } from "./prepared_workload.ts";
import { RANDOM_WORKLOAD, randomWorkload, type RandomWorkloadOptions } from "./random_workload.ts";
import type { Repeats } from "./repeat.ts";

/** What the step is measured for, besides its usual shapes. */
const BATCHES = [64, 128, 256, 512, 1024];
const STUDENTS = ["resnet8", "resnet14", "resnet20", "resnet26"];

/** The step at one size. */
export interface ScalingPoint {
  readonly student: string;
  readonly batch: number;
  readonly step: MeasuredStep;
}

/**
 * The step on the current backend for batches from 64 to 1024, a quarter of each attacked, and for
 * the students of the paper at its batch of 256; always on random images, of which there are enough.
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
