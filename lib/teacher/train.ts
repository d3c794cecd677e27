import { join } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { exists } from "../files/exists.ts";
import { encodeResNet } from "../nn/weights_file.ts";
import { resolveOptions } from "../options.ts";
import { cardPath, readCard } from "../store/input_card.ts";
import { lockRun } from "../store/run_lock.ts";
import { UserError } from "../user_error.ts";
import { protocolOptions } from "../training/protocol.ts";
import { type Environment, environmentOf, madeOn } from "../training/environment.ts";
import { provenance } from "../store/provenance.ts";
import { canonicalJson, runName, type RunSpecification } from "../training/run_specification.ts";
import {
  isUndescribed,
  keepTeacher,
  TEACHER_CARD,
  type TeacherFile,
  teacherFile,
  teacherName,
} from "./find.ts";
import { train } from "../training/train.ts";

export interface TeacherRequest {
  readonly dataset: Dataset;
  /** "resnet14", … */
  readonly network: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly backend: string;
  /** The number of threads that the backend was started with */
  readonly threads: number;
  readonly resultsFolder: string;
  readonly report: (message: string) => void;
}

/**
 * Trains a teacher on all training images of a data set and stores it. Uses the paper's protocol
 * except for epochs and batch size. Resumes after an interruption. The file records how it was
 * made.
 *
 * @throws UserError if the results folder already has or describes a teacher of that name, or another
 *   process trains one
 */
export async function trainTeacher(request: TeacherRequest): Promise<TeacherFile> {
  const { dataset, network, resultsFolder, backend, threads } = request;
  const specification: RunSpecification = {
    dataset: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      fraction: 1,
      testImages: null,
    },
    teacher: null,
    student: network,
    method: "original",
    options: {},
    protocol: resolveOptions("teacher", protocolOptions, {
      epochs: request.epochs,
      batchSize: request.batchSize,
    }),
    scale: "quick",
    seed: request.seed,
  };
  const name = teacherName(dataset.name, network);
  await Deno.mkdir(resultsFolder, { recursive: true });
  const lock = await lockRun(resultsFolder, `teacher-${name}`);
  if (!lock) {
    throw new UserError(`another process trains the teacher ${name} in ${resultsFolder} now`);
  }
  try {
    const environment = await environmentOf(backend, threads);
    await refuseSecond(resultsFolder, specification, madeOn(environment));
    return await trainLocked(request, specification, environment);
  } finally {
    await lock.release();
  }
}

async function trainLocked(
  { dataset, network, resultsFolder, report, epochs }: TeacherRequest,
  specification: RunSpecification,
  environment: Environment,
): Promise<TeacherFile> {
  const checkpoints = join(resultsFolder, "checkpoints", `teacher-${runName(specification)}`);
  const { rows, student: teacher } = await train(specification, {
    dataset,
    teacher: null,
    environment,
    checkpoints,
    onMessage: report,
    onProgress: ({ row }) => {
      if (!row) return;
      const percent = (share: unknown) => `${(100 * Number(share)).toFixed(1)} %`;
      report(
        `epoch ${row.epoch}/${epochs}: loss ${Number(row.loss).toFixed(3)}, ` +
          `train ${percent(row.train_accuracy)}, test ${percent(row.test_accuracy)}`,
      );
    },
  });
  const bytes = await encodeResNet(teacher, {
    dataset: dataset.name,
    test_accuracy_percent: (100 * Number(rows.at(-1)!.test_accuracy)).toFixed(2),
    specification: canonicalJson(specification),
    provenance: canonicalJson({
      ...await provenance(),
      ...madeOn(environment),
      data: dataset.provenance,
    }),
  });
  teacher.dispose();
  const kept = await keepTeacher(resultsFolder, dataset.name, network, bytes);
  await Deno.remove(checkpoints, { recursive: true });
  return kept;
}

/**
 * Checks, before hours of training, that no teacher is replaced. A lost file may be made again, where
 * the same training ends in the same bits.
 */
async function refuseSecond(
  resultsFolder: string,
  specification: RunSpecification,
  made: Readonly<Record<string, string>>,
): Promise<void> {
  const name = teacherName(specification.dataset.name, specification.student);
  const file = teacherFile(resultsFolder, name);
  if (await isUndescribed(resultsFolder, { name, file })) {
    throw new UserError(
      `${file} holds a teacher, which training would replace; move it away, or use another results ` +
        "folder (--results)",
    );
  }
  const card = await readCard(TEACHER_CARD, resultsFolder, name);
  if (!card) return;
  const isLost = !await exists(file);
  if (isLost && card.metadata.specification === canonicalJson(specification)) {
    const recorded = JSON.parse(card.metadata.provenance ?? "{}");
    const other = Object.keys(made).find((key) => recorded[key] !== made[key]);
    if (other === undefined) return;
    throw new UserError(
      `the lost teacher ${name} was made with ${other} ${
        recorded[other]
      }, and would become another ` +
        `with ${made[other]}; train it as before, or use another results folder (--results)`,
    );
  }
  throw new UserError(
    `${join(resultsFolder, cardPath(name))} describes a teacher of SHA-256 ${card.hash}, which ` +
      "training would replace; move that file and the weights away, or use another results folder " +
      "(--results)",
  );
}
