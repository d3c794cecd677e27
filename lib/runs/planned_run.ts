import type { EvaluationEntry } from "./experiment.ts";
import { evaluationNamed } from "../analysis/evaluations/evaluations.ts";
import type { DatasetDescription } from "../data/dataset.ts";
import { sha256 } from "../files/sha256.ts";
import { architectureFor } from "../nn/architecture.ts";
import { resolveOptions } from "../options.ts";
import { forwardFlops } from "../training/cost.ts";
import { canonicalJson, type RunSpecification } from "../training/run_specification.ts";
import type { TeacherFile } from "../teacher/find.ts";

/** One run of an experiment, with what it takes to start it. */
export interface PlannedRun {
  /** Its name in results, without the folder. */
  readonly name: string;
  /** What the experiment's table calls its method. */
  readonly label: string;
  /** The label of the default that it stands beside, and is compared with; null for all other runs */
  readonly variantOf: string | null;
  /** Where its protocol is not the experiment's: "epochs=20" */
  readonly setting: string | null;
  readonly specification: RunSpecification;
  readonly dataset: DatasetDescription;
  /** The teacher's weights; also there for methods that need none. */
  readonly teacher: TeacherFile;
  /** What is measured of the student after its training. */
  readonly evaluations: readonly PlannedEvaluation[];
  /** Estimated floating-point operations of the training. */
  readonly flops: number;
}

/** One measurement of a run's student. */
export interface PlannedEvaluation {
  /** Its place in a results folder */
  readonly result: string;
  /** Which one: "boundary", "robustness" */
  readonly name: string;
  /** Defaults filled in */
  readonly options: Readonly<Record<string, unknown>>;
  /** Estimated floating-point operations. */
  readonly flops: number;
}

/** The place of a run's result in a results folder. */
export function resultNameOf({ name }: Pick<PlannedRun, "name">): string {
  return `runs/${name}`;
}

/** The place of an evaluation in a results folder: it is of one run, teacher and set of options. */
export function evaluationResult(
  run: string,
  name: string,
  options: unknown,
  teacher: string,
): string {
  const hash = sha256(canonicalJson({ name, options, teacher })).slice(0, 8);
  return `evaluations/${run}-${name}-${hash}`;
}

/** @throws UserError for an unknown evaluation or option */
export function plannedEvaluation(
  { name, options: given }: EvaluationEntry,
  run: Pick<PlannedRun, "name" | "specification" | "dataset" | "teacher">,
): PlannedEvaluation {
  const evaluation = evaluationNamed(name);
  const options = resolveOptions(name, evaluation.options, given);
  const passes = evaluation.passes(options);
  const flopsOf = (network: string) =>
    forwardFlops(architectureFor(network, run.dataset), run.dataset);
  return {
    ...{ result: evaluationResult(run.name, name, options, run.teacher.hash), name, options },
    flops: passes.student * flopsOf(run.specification.student) +
      passes.teacher * flopsOf(run.teacher.network),
  };
}

/** A run that stands in several plans is one run, of which all is measured that any of them asks for. */
export function mergePlans(plans: Iterable<readonly PlannedRun[]>): PlannedRun[] {
  const merged = new Map<string, PlannedRun>();
  for (const run of [...plans].flat()) {
    const known = merged.get(run.name);
    const evaluations = [...known?.evaluations ?? [], ...run.evaluations];
    merged.set(run.name, {
      ...(known ?? run),
      evaluations: [...new Map(evaluations.map((one) => [one.result, one])).values()],
    });
  }
  return [...merged.values()];
}
