import type { BackendMeasurement } from "./measure_backend.ts";
import { ROUNDED_VARIANT } from "./pytorch_peer.ts";
import { compareWork, type SameWork } from "./same_work.ts";
import type { StepOutcome, Workload } from "./workload.ts";

/**
 * Checks each backend's first full step against the references: in its first configuration, which is
 * in float32, and against PyTorch in bfloat16 in its last, which is in bfloat16 where the backend can.
 *
 * @param workload the whole one; steps on fewer images are not checked
 * @param peer the outcomes of PyTorch's variants
 */
export function checkWork(
  measurements: readonly BackendMeasurement[],
  { workload, peer = {} }: {
    readonly workload: Workload;
    readonly peer?: Readonly<Record<string, StepOutcome>>;
  },
): SameWork[] {
  const references = [
    { name: "the reference numbers", outcome: workload.expected, rounded: false },
    ...Object.entries(peer).map(([variant, outcome]) => ({
      name: `PyTorch ${variant}`,
      outcome,
      rounded: variant === ROUNDED_VARIANT,
    })),
  ];
  const whole = measurements.filter((measured) => measured.workload === workload);
  return [...Map.groupBy(whole, ({ backend }) => backend)].flatMap(([backend, own]) =>
    references.flatMap(({ name, outcome, rounded }) => {
      if (!outcome) return [];
      const { configuration, step } = own.at(rounded ? -1 : 0)!;
      const { same, sentence } = compareWork(step.outcome, outcome, name, { rounded });
      return [{ same, sentence: `${backend}, ${configuration}: ${sentence}` }];
    })
  );
}
