import type { MethodEntry, RunGrid } from "./experiment.ts";
import { type Scale, SCALES } from "../training/run_specification.ts";

/** What the experiments have in common at one scale. */
export interface ScaleBase {
  readonly grid: Omit<RunGrid, "students" | "methods">;
  /** Options of BSS where they are not the paper's. */
  readonly bss: Readonly<Record<string, unknown>>;
  /** N of it */
  readonly baseSamples: number;
}

/**
 * On the images that come with the project the attack takes the scale-free step. With the published
 * one (η = 0.3) as many samples of this teacher leave their class, but further past the boundary
 * and more of them into a third class.
 */
const EMBEDDED_STEP = { step: "newton", eta: 1 } as const;

const embedded: Pick<RunGrid, "dataset" | "teacher"> = {
  dataset: "fashion-mnist-subset",
  teacher: "resnet14",
};

/** Boundary similarity and robustness on so many test images. */
const evaluationsOn = (images: number, attack = {}): RunGrid["evaluations"] => [
  { name: "boundary", options: { images, ...attack } },
  { name: "robustness", options: { images } },
];

const bases: Readonly<Record<Scale, ScaleBase>> = {
  smoke: {
    grid: {
      ...embedded,
      seeds: [1, 2],
      fractions: [0.04],
      testImages: 100,
      protocol: { epochs: 2, batchSize: 64 },
      evaluations: evaluationsOn(16, EMBEDDED_STEP),
    },
    bss: { ...EMBEDDED_STEP, baseSamples: 8 },
    baseSamples: 8,
  },
  quick: {
    grid: {
      ...embedded,
      seeds: [1, 2, 3],
      fractions: [0.2],
      testImages: null,
      protocol: { epochs: 8, batchSize: 32 },
      evaluations: evaluationsOn(200, EMBEDDED_STEP),
    },
    bss: { ...EMBEDDED_STEP, baseSamples: 8 },
    baseSamples: 8,
  },
  paper: {
    grid: {
      dataset: "cifar10",
      teacher: "resnet26",
      seeds: [1, 2, 3],
      fractions: [1],
      testImages: null,
      protocol: {},
      evaluations: evaluationsOn(512),
    },
    bss: {},
    baseSamples: 64,
  },
};

/**
 * An experiment's grids at every scale: "smoke" (seconds a run) and "quick" (less than a minute) on the
 * images that come with the project, "paper" with the paper's data and protocol.
 */
export function atEachScale(
  grids: (base: ScaleBase, scale: Scale) => readonly RunGrid[],
): Readonly<Record<Scale, readonly RunGrid[]>> {
  return Object.fromEntries(SCALES.map((scale) => [scale, grids(bases[scale], scale)])) as Record<
    Scale,
    readonly RunGrid[]
  >;
}

/** The columns of the paper's comparison of methods. */
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
