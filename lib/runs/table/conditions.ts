import type { RunSpecification } from "../../training/run_specification.ts";

/** The conditions that change a run's rounding. Only runs of equal conditions are compared. */
export interface Conditions {
  readonly processor: string;
  /** The student's number format, then the teacher's, which is left out without a teacher */
  readonly precision: readonly string[];
  readonly kernels: string;
}

/** Describes the conditions that a run was made under. */
export function conditionsOf(
  { teacher, protocol }: RunSpecification,
  metadata: Readonly<Record<string, string>>,
): Conditions {
  const { machine, instructions, device, backend, threads, tfjs, variables, library, kernels } =
    metadata;
  const { studentPrecision = "f32" } = protocol;
  // Older runs and GPUs' do not say. Two of them count as equal only if the whole text of the machine
  // is.
  return {
    processor: instructions === undefined
      ? `unknown, ${machine}`
      : `${instructions}, ${machine.split(",")[0]}`,
    precision: teacher ? [studentPrecision, teacher.precision ?? "f32"] : [studentPrecision],
    kernels: [backend, device, threads, tfjs, variables, library, kernels].join(", "),
  };
}

/** Names the conditions that differ among runs: "processor", "precision", "kernels". */
export function conditionsThatDiffer(runs: readonly Conditions[]): string[] {
  const isMixed = (values: readonly (string | undefined)[]) =>
    new Set(values.filter((value) => value !== undefined)).size > 1;
  return [
    ...isMixed(runs.map(({ processor }) => processor)) ? ["processor"] : [],
    ...[0, 1].some((index) => isMixed(runs.map(({ precision }) => precision[index])))
      ? ["precision"]
      : [],
    ...isMixed(runs.map(({ kernels }) => kernels)) ? ["kernels"] : [],
  ];
}
