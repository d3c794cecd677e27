import type { PeerRatio } from "../lib/bench/compare_with_peer.ts";
import type { GradientError } from "../lib/bench/gradient_error.ts";
import { type StepTimes, TIMES } from "../lib/bench/measure_step.ts";
import { rangeText } from "../lib/bench/repeat.ts";
import type { SideBySide } from "../lib/bench/side_by_side.ts";
import { formatMarkdownTable } from "../lib/report/cell.ts";

/** The part of `results/bench.json` that the READMEs show. */
export interface Bench {
  readonly machine: string;
  readonly commit: string;
  readonly backends: {
    readonly onednn: StepTimes & { readonly configurations: Readonly<Record<string, StepTimes>> };
  };
  readonly peer: {
    readonly torch: string;
    readonly rounds: readonly unknown[];
    readonly ratios: readonly PeerRatio[];
  };
  /** Missing in files of older versions. */
  readonly side_by_side?: SideBySide;
  /** Missing also in files of a processor without bfloat16. */
  readonly gradient_error?: GradientError;
}

const LABELS: Readonly<Record<keyof StepTimes, string>> = {
  bss_step_ms: "BSS step",
  student_step_ms: "ResNet8 step, 256 images",
  teacher_forward_ms: "ResNet26 forward, 256 images",
};

/** Says how long a step takes here and in PyTorch: in float32, and in the fastest configuration. */
export function speedPart(bench: Bench): string {
  const [fastest] = Object.keys(bench.backends.onednn.configurations).toReversed();
  const ms = (name: string) => stepsOf(bench, name).bss_step_ms.toFixed(0);
  const times = (name: string, peer: string) =>
    ratiosOf(bench, name, "bss_step_ms").find(({ variant }) => variant === peer)?.ratio.median
      .toFixed(1);
  const inBfloat16 = times(fastest, "bf16");
  const machine = bench.machine.replace(/(, \d+ GiB)?, [^,]*$/, "");
  return `A BSS step (256 images) takes ${ms("float32")} ms in float32. PyTorch takes ` +
    `${times("float32", "published")} times as long with the authors' script, ` +
    `${times("float32", "tuned")} with a careful user's code. Our step takes ${
      ms(fastest)
    } ms with ` +
    fastest +
    (inBfloat16
      ? `; the careful user's in bfloat16, without a cache, ${inBfloat16} times as long`
      : "") +
    `. Measured on ${machine}.`;
}

/** Makes the tables of steps and, if they were measured, of runs side by side and of gradients. */
export function speedTables(bench: Bench): string {
  const { machine, commit, peer, side_by_side, gradient_error } = bench;
  const [{ configuration: first }] = peer.ratios;
  const variants = ratiosOf(bench, first, "bss_step_ms").map(({ variant }) => variant);
  const configurations = [...new Set(peer.ratios.map(({ configuration }) => configuration))];
  // Without BSS only the networks' precision matters, which the first and the last differ in.
  const ends = [configurations[0], configurations.at(-1)!];
  const rows = TIMES.flatMap((time) =>
    (time === "bss_step_ms" ? configurations : ends).map((configuration) => [
      `${LABELS[time]}, ${configuration}`,
      stepsOf(bench, configuration)[time].toFixed(0),
      ...ratiosOf(bench, configuration, time).map(({ ratio }) => rangeText(ratio, 2)),
    ])
  );
  return [
    `Medians of ${peer.rounds.length} rounds from \`results/bench.json\` (${machine}, commit ` +
    `\`${commit.slice(0, 7)}\`, PyTorch ${peer.torch.split("+")[0]}):`,
    formatMarkdownTable(
      ["", "here, ms", ...variants.map((variant) => `PyTorch ${variant}, times as long`)],
      rows,
    ),
    ...(side_by_side ? sideBySideParts(side_by_side) : []),
    ...(gradient_error ? gradientParts(gradient_error) : []),
  ].join("\n\n");
}

/** Finds the ratios of a time to each variant of PyTorch that was measured. */
function ratiosOf({ peer }: Bench, configuration: string, time: string) {
  return peer.ratios.filter((one) => one.configuration === configuration && one.time === time);
}

function stepsOf({ backends: { onednn } }: Bench, configuration: string): StepTimes {
  return configuration === "float32" ? onednn : onednn.configurations[configuration];
}

function sideBySideParts({ runs, rows }: SideBySide): string[] {
  return [
    `${runs} runs side by side, one thread each, as experiments run. The steps of all runs are added ` +
    "up. A run has 80 epochs of 40 steps, and after each epoch an evaluation on 10,000 images. Its " +
    "time is estimated from the steps:",
    formatMarkdownTable(
      ["", "steps an hour, labels alone", "steps an hour, BSS", "a run of BSS, seconds"],
      rows.map((row) => [
        row.configuration,
        rangeText(row.original_steps_per_hour, 0),
        rangeText(row.bss_steps_per_hour, 0),
        rangeText(row.bss_run_seconds, 0),
      ]),
    ),
  ];
}

/** Shows convolutions and the linear layer, without the many short weights of batch-norm. */
function gradientParts({ all, weights }: GradientError): string[] {
  const shown = Object.entries(weights).filter(([name]) => /(conv\d|linear)\.weight$/.test(name));
  return [
    "The gradient of the ResNet8 step in bfloat16 against float32, relative L2 error:",
    formatMarkdownTable(
      ["weight", "error, %"],
      [...shown, ["all, batch-norm's too", all] as const].map(([name, error]) => [
        name,
        (100 * error).toFixed(1),
      ]),
    ),
  ];
}
