import { formatTextTable, type TableCell } from "../report/cell.ts";
import type { PeerRatio } from "./compare_with_peer.ts";
import type { MachineLimits } from "./machine_limits.ts";
import type { BackendMeasurement } from "./measure_backend.ts";
import { type StepTimes, TIMES } from "./measure_step.ts";
import type { PeerRound } from "./pytorch_peer.ts";
import { rangeText } from "./repeat.ts";
import { median } from "../analysis/statistics/median_interval.ts";
import { PARTS } from "./run_step.ts";
import type { ScalingPoint } from "./scaling.ts";

/** The names of the times in tables. */
const LABELS: Readonly<Record<keyof StepTimes, string>> = {
  bss_step_ms: "BSS step",
  student_step_ms: "student step",
  teacher_forward_ms: "teacher forward",
};

export function timesTable(measurements: readonly BackendMeasurement[]): string {
  return formatTextTable(
    ["backend", "configuration", "images", ...TIMES.map((time) => `${LABELS[time]} (ms)`)],
    measurements.map(({ backend, configuration, workload, step }) => [
      backend,
      configuration,
      workload.shape[0],
      ...TIMES.map((time) => milliseconds(step.times[time])),
    ]),
    { title: "Step times, medians" },
  );
}

export function throughputTable(
  measurements: readonly BackendMeasurement[],
  { backend: fastest, gflops, gigabytesPerSecond }: MachineLimits,
): string {
  const rows = measurements.flatMap(({ backend, configuration, workload, step, kernelTime }) =>
    TIMES.map((time): TableCell[] => {
      const ms = step.times[time];
      const rate = step.flops[time] / (ms * 1e6);
      const traffic = time === "student_step_ms" && kernelTime
        ? kernelTime.bytes / (ms * 1e6)
        : null;
      return [
        backend,
        configuration,
        LABELS[time],
        perSecond(workload.shape[0], ms),
        rate.toPrecision(3),
        percent(rate / gflops),
        traffic === null ? null : traffic.toPrecision(3),
        traffic === null ? null : percent(traffic / gigabytesPerSecond),
      ];
    })
  );
  return formatTextTable(
    [
      "backend",
      "configuration",
      "what",
      "images/s",
      "GFLOP/s",
      "of peak",
      "GB/s through kernels",
      "of peak",
    ],
    rows,
    {
      title: "Throughput",
      note:
        `peak, measured with ${fastest}: ${
          gflops.toPrecision(3)
        } GFLOP/s (float32 product or convolution), ` +
        `${
          gigabytesPerSecond.toPrecision(3)
        } GB/s (addition of 256 MiB); GB/s counts what stays in ` +
        `a cache too`,
    },
  );
}

export function partsTable(measurements: readonly BackendMeasurement[]): string {
  return formatTextTable(
    ["backend", "configuration", ...PARTS],
    measurements.map(({ backend, configuration, step }) => [
      backend,
      configuration,
      ...PARTS.map((part) => milliseconds(step.parts[part])),
    ]),
    { title: "Parts of a BSS step (ms)" },
  );
}

export function overheadTable(measurements: readonly BackendMeasurement[]): string {
  return formatTextTable(
    ["backend", "student step (ms)", "outside of kernels", "kernels"],
    measurements.flatMap(({ backend, step, kernelTime }) =>
      kernelTime
        ? [[
          backend,
          milliseconds(step.times.student_step_ms),
          percent(kernelTime.overhead),
          kernelTime.kernels,
        ]]
        : []
    ),
    { title: "Autodiff and the rest of TensorFlow.js, of a student step" },
  );
}

export function peerTable(
  ratios: readonly PeerRatio[],
  rounds: readonly PeerRound[],
): string {
  const variants = Object.keys(rounds[0]);
  const times = TIMES.map((time) =>
    `${LABELS[time]} ${
      variants.map((variant) => milliseconds(median(rounds.map((round) => round[variant][time]))))
        .join(" / ")
    }`
  );
  const ratioOf = (like: PeerRatio, variant: string) => {
    const { ratio } = ratios.find(({ configuration, time, variant: theirs }) =>
      configuration === like.configuration && time === like.time && theirs === variant
    )!;
    return rangeText(ratio, 2);
  };
  return formatTextTable(
    ["configuration", "what", ...variants.map((variant) => `PyTorch ${variant}`)],
    ratios.filter(({ variant }) => variant === variants[0]).map((like) => [
      like.configuration,
      LABELS[like.time],
      ...variants.map((variant) => ratioOf(like, variant)),
    ]),
    {
      title: `How many times as long PyTorch takes, in turn with ours: median (min … max) of ` +
        `${rounds.length} rounds`,
      note: `PyTorch's own medians in ms, ${variants.join(" / ")}: ${times.join(", ")}`,
    },
  );
}

export function scalingTable(backend: string, points: readonly ScalingPoint[]): string {
  return formatTextTable(
    ["student", "batch", "BSS step (ms)", "student step (ms)", "BSS images/s", "student images/s"],
    points.map(({ student, batch, step: { times } }) => [
      student,
      batch,
      milliseconds(times.bss_step_ms),
      milliseconds(times.student_step_ms),
      perSecond(batch, times.bss_step_ms),
      perSecond(batch, times.student_step_ms),
    ]),
    { title: `Scaling on ${backend}, random images, a quarter attacked` },
  );
}

function milliseconds(value: number): string {
  return value.toFixed(1);
}

function perSecond(count: number, ms: number): string {
  const rate = 1000 * count / ms;
  return rate < 10 ? rate.toFixed(2) : rate.toFixed(0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
