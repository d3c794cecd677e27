import type { EvaluationEntry } from "./experiment.ts";
import { evaluationNamed } from "../analysis/evaluations/evaluations.ts";
import type { DatasetDescription } from "../data/dataset.ts";
import { sha256 } from "../files/sha256.ts";
import { architectureFor } from "../nn/network_families.ts";
import { resolveOptions } from "../options.ts";
import { forwardFlops } from "../training/cost.ts";
import { canonicalJson, type RunSpecification } from "../training/run_specification.ts";
import type { TeacherFile } from "../teacher/find.ts";

/** One run of an experiment, ready to start. */
export interface PlannedRun {
  /** Its name in the results, without the folder. */
  readonly name: string;
  /** The method's name in the experiment's table. */
  readonly label: string;
  /** The label of the default that it is compared with; null for all other runs */
  readonly variantOf: string | null;
  /** Overrides of the experiment's protocol: "epochs=20" */
  readonly setting: string | null;
  readonly specification: RunSpecification;
  readonly dataset: DatasetDescription;
  /** The teacher's weights; given even for methods that need no teacher. */
  readonly teacher: TeacherFile;
  /** The evaluations of the trained student. */
  readonly evaluations: readonly PlannedEvaluation[];
  /** Estimated floating-point operations of the training and of the tests after its epochs. */
  readonly flops: number;
}

/** One evaluation of a run's student. */
export interface PlannedEvaluation {
  /** The name of its result */
  readonly result: string;
  /** "boundary", "robustness" */
  readonly name: string;
  /** All options, defaults included */
  readonly options: Readonly<Record<string, unknown>>;
  /** Estimated floating-point operations. */
  readonly flops: number;
}

/** The beginning of the names of all runs' results. */
export const RUNS = "runs/";

/** Gives the name of a run's result. */
export function resultNameOf({ name }: Pick<PlannedRun, "name">): string {
  return RUNS + name;
}

/** Lists the names of all results of a run: its own, and those of its evaluations. */
export function resultsOf(run: PlannedRun): string[] {
  return [resultNameOf(run), ...run.evaluations.map(({ result }) => result)];
}

/** Gives the name of an evaluation's result: one for each run, teacher and set of options. */
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
    result: evaluationResult(run.name, name, options, run.teacher.hash),
    name,
    options,
    flops: passes.student * flopsOf(run.specification.student) +
      passes.teacher * flopsOf(run.teacher.network),
  };
}

/** Merges plans. A run in several plans becomes one run with the evaluations of all. */
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
