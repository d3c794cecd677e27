import type { Architecture } from "../nn/architecture.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { createNetwork, networkName } from "../nn/network_families.ts";
import type { StoredTensor } from "../nn/safetensors.ts";
import { storedTensors, weightsFrom } from "../nn/weights_file.ts";
import { protocolOptions } from "../training/protocol.ts";
import { boundaryWeight, distillationWeight } from "../distillation/schedules.ts";

/** A network as plain data, for every backend and for PyTorch. */
export interface StoredNetwork {
  readonly architecture: Architecture;
  /** The weights under PyTorch's names and in its layout. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The input of a measured step as plain data: a mini-batch, two networks and settings. */
export interface Workload {
  /** One line for the user. */
  readonly description: string;
  /** `[n, h, w, c]`, normalised. */
  readonly images: Float32Array;
  readonly shape: readonly [number, number, number, number];
  readonly labels: Int32Array;
  /** A number in [0, 1) for each base sample, which draws its target class. */
  readonly uniform: Float32Array;
  readonly teacher: StoredNetwork;
  readonly student: StoredNetwork;
  /** The options of the method "bss" that affect the step. */
  readonly settings: StepSettings;
  /** The expected outcome of the first step, from reference numbers. */
  readonly expected?: StepOutcome;
}

interface StepSettings {
  readonly eta: number;
  readonly maxSteps: number;
  readonly baseSamples: number;
  readonly temperature: number;
}

/** The outcome of a step; two programs that do the same work have the same one. */
export interface StepOutcome {
  /** The attack steps of each base sample, best base sample first. */
  readonly steps: readonly number[];
  /** The terms of the loss without their weights. */
  readonly terms: Readonly<Record<LossTerm, number>>;
}

export type LossTerm = "cross_entropy" | "distillation" | "boundary";

/**
 * The point of the schedules at which a step is measured: half of training, with the weights α =
 * 2.5 and β = 2/3, so that all terms count. The weights do not affect the time.
 */
export const SCHEDULE = { epoch: 1, epochs: 2 } as const;

/** The weights of the terms of the loss at that point. */
export const TERM_WEIGHTS: Readonly<Record<LossTerm, number>> = {
  cross_entropy: 1,
  distillation: distillationWeight(SCHEDULE.epoch, SCHEDULE.epochs),
  boundary: boundaryWeight(SCHEDULE.epoch, SCHEDULE.epochs),
};

/** The optimizer: the paper's momentum and weight decay, and a tiny learning rate. */
export const OPTIMIZER = {
  learningRate: 1e-4,
  momentum: protocolOptions.momentum.default,
  weightDecay: protocolOptions.weightDecay.default,
};

/** Copies a network out of the current backend. */
export async function storeNetwork(network: ImageNetwork): Promise<StoredNetwork> {
  const { architecture } = network;
  return { architecture, tensors: await storedTensors(network.variables()) };
}

/** Makes the network on the current backend. */
export function loadNetwork({ architecture, tensors }: StoredNetwork): ImageNetwork {
  return createNetwork(architecture, weightsFrom(tensors, architecture, networkName(architecture)));
}

/** Cuts a workload to its first images, and its base samples in proportion, to at least one. */
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
