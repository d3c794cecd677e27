import type { PlannedEvaluation } from "./planned_run.ts";
import type { Measured } from "../analysis/evaluations/evaluation.ts";
import type { EpochRow } from "../training/epoch_row.ts";
import type { PrecisionError } from "../teacher/precision.ts";
import type { RunSpecification } from "../training/run_specification.ts";
import type { TeacherFile } from "../teacher/find.ts";

/** A message from the runner to a worker. */
export type ToWorker =
  | {
    readonly type: "start";
    readonly backend: string;
    readonly dataFolder?: string;
    readonly acceptUnverified: boolean;
    /** In MiB; 0 for none */
    readonly teacherCache: number;
    readonly threads: number;
  }
  | {
    readonly type: "train";
    readonly specification: RunSpecification;
    readonly teacher: TeacherFile;
    readonly checkpoints: string;
  }
  | {
    readonly type: "evaluate";
    readonly specification: RunSpecification;
    readonly teacher: TeacherFile;
    readonly studentFile: string;
    /** SHA-256 of that file */
    readonly weights: string;
    readonly evaluation: PlannedEvaluation;
  }
  | { readonly type: "abort" };

/** A message from a worker to the runner. */
export type FromWorker = WorkerNews | WorkerAnswer | {
  readonly type: "failed";
  readonly message: string;
};

/** News of a request in progress. */
export type WorkerNews =
  | { readonly type: "progress"; readonly step: number; readonly steps: number }
  | { readonly type: "epoch"; readonly row: EpochRow }
  | { readonly type: "message"; readonly text: string };

/** The final answer to a request that did not fail. */
export type WorkerAnswer =
  | { readonly type: "started" }
  | {
    readonly type: "trained";
    readonly rows: readonly EpochRow[];
    /** The student's weights, as a safetensors file */
    readonly weights: Uint8Array;
    /** SHA-256 of the student's weights before training */
    readonly initialWeights: string;
    readonly provenance: string;
    /** Only if the teacher computes in less than float32 */
    readonly teacherError?: PrecisionError;
  }
  | {
    readonly type: "evaluated";
    readonly found: TimedMeasured;
  }
  | { readonly type: "aborted" };

/** The findings of an evaluation, and its time. */
export interface TimedMeasured extends Measured {
  readonly seconds: number;
}
