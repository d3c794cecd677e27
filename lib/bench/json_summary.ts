import type { PeerRatio } from "./compare_with_peer.ts";
import type { GradientError } from "./gradient_error.ts";
import type { MachineLimits } from "./machine_limits.ts";
import type { BackendMeasurement } from "./measure_backend.ts";
import { TIMES } from "./measure_step.ts";
import type { PeerRound } from "./pytorch_peer.ts";
import type { ScalingPoint } from "./scaling.ts";
import type { SideBySide } from "./side_by_side.ts";

/** All that was measured. */
export interface BenchResult {
  readonly machine: string;
  readonly commit: string;
  /** The first one is the headline: the first backend in the first configuration. */
  readonly measurements: readonly BackendMeasurement[];
  readonly limits: MachineLimits;
  readonly peer: PeerResult | { readonly skipped: string } | null;
  /** On the first backend, like gradients and scaling */
  readonly sideBySide: SideBySide;
  /** Null if the backend does not train in bfloat16 here. */
  readonly gradientError: GradientError | null;
  readonly scaling: readonly ScalingPoint[];
}

export interface PeerResult {
  readonly torch: string;
  readonly threads: number;
  /** The reason for each variant that is left out here. */
  readonly left_out: Readonly<Record<string, string>>;
  readonly rounds: readonly PeerRound[];
  readonly ratios: readonly PeerRatio[];
}

/** Writes the line for `--json`: numbers to six digits, times in ms, rates a second. */
export function jsonLine(result: BenchResult): string {
  return JSON.stringify(
    summaryOf(result),
    (_key, value) => typeof value === "number" ? Number(value.toPrecision(6)) : value,
  );
}

function summaryOf(
  { machine, commit, measurements, limits, peer, sideBySide, gradientError, scaling }: BenchResult,
): Record<string, unknown> {
  const [first] = measurements;
  const backends: Record<string, Record<string, unknown>> = {};
  for (const measurement of measurements) {
    const numbers = numbersOf(measurement, limits);
    const own = backends[measurement.backend];
    if (!own) backends[measurement.backend] = { ...numbers, configurations: {} };
    else (own.configurations as Record<string, unknown>)[measurement.configuration] = numbers;
  }
  return {
    ...first.step.times,
    backend: first.backend,
    configuration: first.configuration,
    workload: first.workload.description,
    machine,
    commit,
    backends,
    limits: {
      backend: limits.backend,
      gflops: limits.gflops,
      gigabytes_per_second: limits.gigabytesPerSecond,
    },
    ...(peer ? { peer } : {}),
    side_by_side: sideBySide,
    ...(gradientError ? { gradient_error: gradientError } : {}),
    ...(scaling.length > 0
      ? {
        scaling: scaling.map(({ student, batch, step }) => ({ student, batch, ...step.times })),
      }
      : {}),
  };
}

function numbersOf(
  { configuration, workload, step, rounds, kernelTime }: BackendMeasurement,
  limits: MachineLimits,
): Record<string, unknown> {
  const rates = TIMES.map((time) => [time, step.flops[time] / (step.times[time] * 1e6)] as const);
  const [batch] = workload.shape;
  return {
    configuration,
    batch,
    base_samples: step.outcome.steps.length,
    ...step.times,
    rounds: rounds.map(({ times }) => times),
    parts_ms: step.parts,
    images_per_second: keyed(TIMES.map((time) => [time, 1000 * batch / step.times[time]])),
    gflops: keyed(rates),
    share_of_peak_gflops: keyed(rates.map(([time, rate]) => [time, rate / limits.gflops])),
    ...(kernelTime
      ? {
        student_step_overhead: kernelTime.overhead,
        student_step_kernels: kernelTime.kernels,
        student_step_share_of_bandwidth: kernelTime.bytes / (step.times.student_step_ms * 1e6) /
          limits.gigabytesPerSecond,
      }
      : {}),
  };
}

/** Makes an object whose keys are the times' names without their unit. */
function keyed(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(entries.map(([time, value]) => [time.replace(/_ms$/, ""), value]));
}
