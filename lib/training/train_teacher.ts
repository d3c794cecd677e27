import { join } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { encodeResNet } from "../nn/weights_file.ts";
import { writeWeights } from "../nn/write_weights.ts";
import { resolveOptions } from "../options.ts";
import { protocolOptions } from "./protocol.ts";
import { environmentOf } from "./environment.ts";
import { provenance } from "./provenance.ts";
import { canonicalJson, runName, type RunSpecification } from "./run_specification.ts";
import { findTeacher, type TeacherFile, teacherFile, teacherName } from "./teacher_store.ts";
import { train } from "./train.ts";

export interface TeacherRequest {
  readonly dataset: Dataset;
  /** "resnet14", … */
  readonly network: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly backend: string;
  readonly resultsFolder: string;
  readonly report: (message: string) => void;
}

/**
 * Trains a teacher on all training images of a data set, as the paper's protocol has it but for
 * epochs and batch size, and stores it. The file says how it was made; resumes after an interruption.
 */
export async function trainTeacher(request: TeacherRequest): Promise<TeacherFile> {
  const { dataset, network, backend, resultsFolder, report } = request;
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
  const checkpoints = join(resultsFolder, "checkpoints", `teacher-${runName(specification)}`);
  const environment = await environmentOf(backend);
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
        `epoch ${row.epoch}/${request.epochs}: loss ${Number(row.loss).toFixed(3)}, ` +
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
      backend,
      ...environment.arithmetic,
      data: dataset.provenance,
    }),
  });
  teacher.dispose();
  const name = teacherName(dataset.name, network);
  await writeWeights(teacherFile(resultsFolder, name), bytes);
  await Deno.remove(checkpoints, { recursive: true });
  return await findTeacher(resultsFolder, dataset.name, network);
}
