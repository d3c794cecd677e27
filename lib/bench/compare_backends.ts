import type { Backend } from "../backend/backend.ts";
import { backends } from "../backend/backends.ts";
import { whyNot } from "../backend/start_backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { frozenOf } from "../nn/freeze.ts";
import { encodeResNet, readResNet } from "../nn/weights_file.ts";
import { sha256 } from "../files/sha256.ts";
import { environmentOf } from "../training/environment.ts";
import type { RunSpecification } from "../training/run_specification.ts";
import { train } from "../training/train.ts";

/** The result of the same run on one backend. */
export interface BackendRun {
  readonly backend: string;
  /** The reason why there are no figures: the backend does not work here. */
  readonly reason: string | null;
  readonly seconds: number | null;
  /** The loss of the last epoch. */
  readonly loss: number | null;
  /** The test accuracy of the last epoch, 0…1. */
  readonly accuracy: number | null;
  /** SHA-256 of the student's weights; it is the same for every run on this backend and machine. */
  readonly weights: string | null;
}

/**
 * Trains the same student on each backend that `auto` could choose here, one after the other.
 *
 * @param dataset the images that the specification selects
 * @param teacherFile the file of the teacher's weights
 * @param without slow backends to leave out
 */
export async function compareBackends(
  specification: RunSpecification,
  dataset: Dataset,
  teacherFile: string,
  without: readonly string[] = ["cpu"],
): Promise<BackendRun[]> {
  const runs: BackendRun[] = [];
  for (const backend of backends.filter(({ name }) => !without.includes(name))) {
    runs.push(await runOn(backend, specification, dataset, teacherFile));
  }
  return runs;
}

async function runOn(
  candidate: Backend,
  specification: RunSpecification,
  dataset: Dataset,
  teacherFile: string,
): Promise<BackendRun> {
  const backend = candidate.name;
  const reason = await whyNot(candidate);
  if (reason !== null) {
    return { backend, reason, seconds: null, loss: null, accuracy: null, weights: null };
  }
  const teacher = frozenOf((await readResNet(teacherFile)).network);
  try {
    const start = performance.now();
    const environment = await environmentOf(backend);
    const { rows, student } = await train(specification, { dataset, teacher, environment });
    const seconds = (performance.now() - start) / 1000;
    const weights = sha256(await encodeResNet(student, {}));
    student.dispose();
    const last = rows.at(-1)!;
    return {
      backend,
      reason,
      seconds,
      weights,
      loss: Number(last.loss),
      accuracy: Number(last.test_accuracy),
    };
  } finally {
    teacher.dispose();
  }
}
