import type { Backend } from "../backend/backend.ts";
import { backends } from "../backend/backends.ts";
import { startBackend } from "../backend/start_backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { freeze } from "../nn/freeze.ts";
import { encodeResNet, readResNet } from "../nn/weights_file.ts";
import { sha256 } from "../files/sha256.ts";
import { environmentOf } from "../training/environment.ts";
import type { RunSpecification } from "../training/run_specification.ts";
import { train } from "../training/train.ts";
import { UserError } from "../user_error.ts";

/** The same run on one backend. */
export interface BackendRun {
  readonly backend: string;
  /** Why there are no figures: it does not work here */
  readonly reason: string | null;
  readonly seconds: number | null;
  /** Of the last epoch */
  readonly loss: number | null;
  /** 0…1, of the last epoch */
  readonly accuracy: number | null;
  /** SHA-256 of the student's weights: two runs on one backend have the same */
  readonly weights: string | null;
}

/**
 * Trains the same student on every backend that works here and might be chosen, one after the
 * other.
 *
 * @param dataset already cut to what the specification says
 * @param teacherFile the teacher's weights
 * @param without backends that are left out, for being slow
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
  try {
    // One that would not be chosen here, a GPU's without a GPU, says so.
    await startBackend("auto", { candidates: [candidate] });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const reason = error.message.split("\n").at(-1)!;
    return { backend, reason, seconds: null, loss: null, accuracy: null, weights: null };
  }
  const { network } = await readResNet(teacherFile);
  const teacher = freeze(network);
  network.dispose();
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
      reason: null,
      seconds,
      weights,
      loss: Number(last.loss),
      accuracy: Number(last.test_accuracy),
    };
  } finally {
    teacher.dispose();
  }
}
