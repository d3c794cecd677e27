import { sha256 } from "../../lib/files/sha256.ts";
import { encodeResNet } from "../../lib/nn/weights_file.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import { train, type TrainingInput } from "../../lib/training/train.ts";
import { smallDataset, smallTeacher, testEnvironment } from "./small_run.ts";

/**
 * Trains, and gives the rows without times and hashes of the initial and the final weights. With bytes
 * instead of hashes, a failing test would take minutes to show the difference.
 */
export async function outcomeOf(
  specification: RunSpecification,
  backend: string,
  input: Partial<TrainingInput> = {},
) {
  const teacher = specification.teacher ? smallTeacher() : null;
  try {
    const { rows, student, initialWeights } = await train(specification, {
      dataset: smallDataset(),
      teacher,
      environment: testEnvironment(backend),
      ...input,
    });
    const weights = sha256(await encodeResNet(student, {}));
    student.dispose();
    return { rows: rows.map(withoutTimes), weights, initialWeights };
  } finally {
    teacher?.dispose();
  }
}

function withoutTimes(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("seconds_")));
}
