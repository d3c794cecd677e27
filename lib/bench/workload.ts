import { type Architecture, networkName } from "../nn/architecture.ts";
import { ResNet } from "../nn/resnet.ts";
import type { StoredTensor } from "../nn/safetensors.ts";
import { storedTensors, weightsFrom } from "../nn/weights_file.ts";
import { boundaryWeight, distillationWeight } from "../distillation/schedules.ts";

/** A network as plain data, the same for every backend and for PyTorch. */
export interface StoredNetwork {
  readonly architecture: Architecture;
  /** Under PyTorch's names and in its layout. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** What is measured: one mini-batch, two networks and the settings of the step. No tensors yet. */
export interface Workload {
  /** One line that says what it is. */
  readonly description: string;
  /** `[n, h, w, c]`, normalised */
  readonly images: Float32Array;
  readonly shape: readonly [number, number, number, number];
  readonly labels: Int32Array;
  /** One number in [0, 1) for each base sample, to draw its target class with */
  readonly uniform: Float32Array;
  readonly teacher: StoredNetwork;
  readonly student: StoredNetwork;
  /** Options of the method "bss" that matter to the step. */
  readonly settings: StepSettings;
  /** What the first step must come to, where reference numbers say so. */
  readonly expected?: StepOutcome;
}

export interface StepSettings {
  readonly eta: number;
  readonly maxSteps: number;
  readonly baseSamples: number;
  readonly temperature: number;
}

/** What a step did, to see that two programs did the same. */
export interface StepOutcome {
  /** Attack steps of each base sample, best base sample first */
  readonly steps: readonly number[];
  /** The terms of the loss before they are weighted */
  readonly terms: Readonly<Record<LossTerm, number>>;
}

export type LossTerm = "cross_entropy" | "distillation" | "boundary";

/**
 * The point of the schedules at which a step is measured: half of training, the only one at which
 * the weights are α = 2.5 and the boundary term is on (β = 2/3). Time does not depend on them.
 */
export const SCHEDULE = { epoch: 1, epochs: 2 } as const;

/** The weights of the terms of the loss there. */
export const TERM_WEIGHTS: Readonly<Record<LossTerm, number>> = {
  cross_entropy: 1,
  distillation: distillationWeight(SCHEDULE.epoch, SCHEDULE.epochs),
  boundary: boundaryWeight(SCHEDULE.epoch, SCHEDULE.epochs),
};

/** The optimizer of a measured step: momentum and weight decay of the paper, next to no step. */
export const OPTIMIZER = { learningRate: 1e-4, momentum: 0.9, weightDecay: 1e-4 } as const;

/** Copies a network out of the current backend. */
export async function storeNetwork(network: ResNet): Promise<StoredNetwork> {
  const { architecture } = network;
  return { architecture, tensors: await storedTensors(network.variables()) };
}

/** The network on the current backend. */
export function loadNetwork({ architecture, tensors }: StoredNetwork): ResNet {
  return new ResNet(architecture, weightsFrom(tensors, architecture, networkName(architecture)));
}

/** The first images of a workload, with as many base samples in proportion (at least one). */
export function firstImages(workload: Workload, count: number): Workload {
  const [all, height, width, channels] = workload.shape;
  if (count >= all) return workload;
  const { settings, images, labels } = workload;
  const baseSamples = Math.max(1, Math.round(settings.baseSamples * count / all));
  return {
    ...workload,
    images: images.subarray(0, count * height * width * channels),
    shape: [count, height, width, channels],
    labels: labels.subarray(0, count),
    settings: { ...settings, baseSamples },
    expected: undefined,
  };
}
