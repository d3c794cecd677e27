import type * as tf from "@tensorflow/tfjs";
import type { AttackResult } from "../attack/attack.ts";
import type { Normalisation } from "../attack/pixel_space.ts";
import type { FrozenNetwork, Pullback } from "../nn/frozen_classifier.ts";
import type { Network, NetworkOutput } from "../nn/network.ts";
import { type Options, resolveOptions, type Rules } from "../options.ts";

/**
 * A way to train a student. A method is a value: a file with its formula, and a line in `methods.ts`.
 *
 * The training loop knows nothing of losses. For each mini-batch it calls the method's `step`, which
 * runs the student as often as it needs through `backward`; gradients add up, then the optimizer
 * takes one step on the student and on what the method trains besides.
 */
export interface DistillationMethod<R extends Rules = Rules> {
  readonly name: string;
  /** One sentence with its source. */
  readonly summary: string;
  readonly options: R;
  /** What may be set instead, where that depends on what was set. */
  optionsFor?(given: Readonly<Record<string, unknown>>): Rules;
  readonly needsTeacher: boolean;
  /** The stages of training, one after the other; most methods have one. */
  stages(options: Options<R>, epochs: number): Stage[];
  /** What a training image costs in a stage, for estimates of time. */
  passes(options: Options<R>, batchSize: number, stage: string): PassCount;
  /** What the method trains besides the student (a regressor, say), once a run. */
  createVariables?(options: Options<R>, networks: MethodNetworks): ReadonlyMap<string, tf.Variable>;
  /** The loss of one mini-batch. */
  step(options: Options<R>, context: StepContext): Promise<StepReport>;
}

/** A stretch of training with a learning rate schedule and an optimizer of its own. */
export interface Stage {
  readonly name: string;
  readonly epochs: number;
}

/** Forward passes through each network; a backward pass counts as two. */
export interface PassCount {
  readonly student: number;
  readonly teacher: number;
}

/** The networks of a run, for methods whose own variables depend on their shapes. */
export interface MethodNetworks {
  readonly student: Network;
  /** null only for a method that needs none */
  readonly teacher: FrozenNetwork;
  readonly random: () => number;
}

/** The parts of a step whose time a method has recorded. */
export const METHOD_PHASES = ["teacher", "selection", "attack", "student"] as const;
export type MethodPhase = typeof METHOD_PHASES[number];

/** The streams of random numbers that a method may draw from. */
export type MethodStream = "base samples" | "target class" | "attack";

/** What the loop gives a method for one mini-batch. */
export interface StepContext {
  /** `[n, h, w, c]`, augmented and normalised */
  readonly images: tf.Tensor4D;
  /** How they were normalised. */
  readonly normalisation: Normalisation;
  /** `[n]`, int32, and the same on the host */
  readonly labels: tf.Tensor1D;
  readonly labelValues: Int32Array;
  /** The frozen teacher. @throws Error if the method said that it needs none */
  readonly teacher: FrozenNetwork;
  readonly stage: string;
  /** e = 1 … E, of this stage */
  readonly epoch: number;
  readonly epochs: number;
  /**
   * The teacher's output for `images`, as it is or from a cache on disk.
   *
   * @param options.pullback whether the way back to the images is of use too: where the logits are
   *   computed, what it needs is then kept
   */
  cleanPass(options: { readonly pullback: boolean }): Promise<CleanPass>;
  /** Runs the student forward in training mode and backward; adds to the gradients. */
  backward(images: tf.Tensor4D, loss: StudentLoss): tf.Tensor2D;
  /** Named streams of random numbers in [0, 1), the same for every method of a seed. */
  random(stream: MethodStream): () => number;
  /** Times a part of the step. */
  timed<T>(phase: MethodPhase, work: () => Promise<T> | T): Promise<T>;
  /**
   * Lets the event loop have its turn; to be awaited now and then by what takes seconds.
   *
   * @throws DOMException "AbortError" if the run is to stop: the mini-batch is then thrown away
   */
  turn(): Promise<void>;
}

/** The teacher's output for the images of a mini-batch, before any attack. */
export interface CleanPass {
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /** null if it was not asked for, or if the logits came from the cache */
  readonly pullback: Pullback | null;
  /** Frees the logits too. */
  dispose(): void;
}

/**
 * From the student's output to the terms of the loss, weighted already; they are added up. Called
 * under the gradient tape, so it must be free of side effects.
 */
export type StudentLoss = (
  output: NetworkOutput,
  own: ReadonlyMap<string, tf.Variable>,
) => Record<string, tf.Scalar>;

/** What a step has to say besides its loss. */
export interface StepReport {
  /** The attack, where there was one; its tensors need not live any more. */
  readonly attack?: Pick<AttackResult, "outcomes" | "steps" | "norms">;
}

/**
 * A method's options with defaults filled in.
 *
 * @throws UserError naming the option, what it got and what it may be
 */
export function resolveMethodOptions(
  method: DistillationMethod,
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return resolveOptions(method.name, method.optionsFor?.(given) ?? method.options, given);
}
