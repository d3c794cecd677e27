import type { EvaluationEntry, MethodEntry, RunGrid } from "./experiment.ts";
import { type Scale, SCALES } from "../training/run_specification.ts";

/** The settings that all experiments share at one scale. */
export interface ScaleBase {
  readonly grid: Omit<RunGrid, "methods">;
  /** Options of BSS that differ from the paper's. */
  readonly bss: Readonly<Record<string, unknown>>;
  /** Number of base samples per mini-batch, N in the paper */
  readonly baseSamples: number;
}

/**
 * The scale-free step, for the images that come with the project. With the published step (η = 0.3)
 * as many samples of this teacher leave their class, but they end further past the boundary, and
 * more of them end in a third class.
 */
const EMBEDDED_STEP = { step: "newton", eta: 1 } as const;

/** Makes the evaluations of boundary similarity and robustness on a number of embedded test images. */
const evaluationsOn = (images: number): RunGrid["evaluations"] => [
  { name: "boundary", options: { images, ...EMBEDDED_STEP } },
  { name: "robustness", options: { images } },
];

/** The evaluation of fidelity at each scale. */
export const FIDELITY: Readonly<Record<Scale, EvaluationEntry>> = {
  smoke: { name: "fidelity", options: { images: 16, ...EMBEDDED_STEP } },
  quick: { name: "fidelity", options: { images: 200, ...EMBEDDED_STEP } },
  paper: { name: "fidelity", options: { images: 10_000 } },
};

/**
 * The evaluations at the scale "paper", on all test images of CIFAR-10. Robustness takes longer than
 * training; only its own experiment measures it.
 */
const PAPER_EVALUATIONS: RunGrid["evaluations"] = [
  { name: "boundary", options: { images: 10_000 } },
  FIDELITY.paper,
];

const bases: Readonly<Record<Scale, ScaleBase>> = {
  smoke: {
    grid: {
      dataset: "fashion-mnist-subset",
      teacher: "resnet14x0.25",
      students: ["resnet8x0.25"],
      seeds: [1, 2],
      fractions: [0.04],
      testImages: 100,
      protocol: { epochs: 2, batchSize: 64 },
      evaluations: [...evaluationsOn(16), FIDELITY.smoke],
    },
    bss: { ...EMBEDDED_STEP, baseSamples: 8 },
    baseSamples: 8,
  },
  quick: {
    grid: {
      dataset: "fashion-mnist-subset",
      teacher: "resnet14",
      students: ["resnet8"],
      seeds: [1, 2, 3],
      fractions: [0.2],
      testImages: null,
      protocol: { epochs: 8, batchSize: 32 },
      evaluations: evaluationsOn(200),
    },
    bss: { ...EMBEDDED_STEP, baseSamples: 8 },
    baseSamples: 8,
  },
  paper: {
    grid: {
      dataset: "cifar10",
      teacher: "resnet26",
      students: ["resnet8"],
      seeds: [1, 2, 3],
      fractions: [1],
      testImages: null,
      protocol: {},
      evaluations: PAPER_EVALUATIONS,
    },
    bss: {},
    baseSamples: 64,
  },
};

/**
 * Makes an experiment's grids at each scale: "smoke" (seconds per run, networks of a quarter the
 * channels) and "quick" (less than a minute) on the images that come with the project, "paper" with
 * the paper's data and protocol.
 */
export function atEachScale(
  grids: (base: ScaleBase, scale: Scale) => readonly RunGrid[],
): Readonly<Record<Scale, readonly RunGrid[]>> {
  return Object.fromEntries(SCALES.map((scale) => [scale, grids(bases[scale], scale)])) as Record<
    Scale,
    readonly RunGrid[]
  >;
}

/** Lists the methods that the paper compares. */
export function paperMethods(bss: MethodEntry["options"]): MethodEntry[] {
  return [
    { name: "original" },
    { name: "hinton" },
    { name: "fitnet" },
    { name: "attention" },
    { name: "fsp" },
    { name: "bss", options: bss },
  ];
}
