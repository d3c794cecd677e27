import type * as tf from "@tensorflow/tfjs";
import type { Attack, AttackResult } from "../attack/attack.ts";
import type { AttackClasses } from "../attack/attack_input.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import type { Network, NetworkOutput } from "../nn/network.ts";
import { checkRules, type Options, resolveOptions, type Rules } from "../options.ts";
import { UserError } from "../user_error.ts";

/** Options with defaults filled in, of a method or an attack that is known only when it runs. */
export type ResolvedOptions = Readonly<Record<string, unknown>>;

/**
 * A way to train a student, made by {@linkcode defineMethod}.
 *
 * The training loop knows nothing of losses. For each mini-batch it calls the method's `step`, which
 * runs the student as often as it needs. Gradients add up; then the optimizer takes one step.
 */
export type DistillationMethod =
  & Required<Omit<MethodDefinition<Rules>, OptionalHook>>
  & Pick<MethodDefinition<Rules>, OptionalHook>;

type OptionalHook = "optionsFor" | "createVariables";

/** A method as its own file, or a notebook's cell, defines it. */
export interface MethodDefinition<R extends Rules> {
  readonly name: string;
  /** One sentence with its source */
  readonly summary: string;
  readonly options: R;
  /** Gives the rules that apply instead, where they depend on the options given. */
  optionsFor?(given: ResolvedOptions): Rules;
  /** False for a method without a teacher; default: true. */
  readonly needsTeacher?: boolean;
  /** Divides the epochs into stages, one after the other; by default into one. */
  stages?(options: Options<R>, epochs: number): Stage[];
  /**
   * Counts the passes of a training image, to estimate times; by default 3 of the student, and 1 of the
   * teacher if the method needs one.
   */
  passes?(options: Options<R>, batchSize: number, stage: string): PassCount;
  /**
   * Makes the method's own variables, once a run. The optimizer trains them (a regressor, say), unless
   * they are made with `trainable` false: then the step assigns them.
   */
  createVariables?(options: Options<R>, networks: MethodNetworks): ReadonlyMap<string, tf.Variable>;
  /** Computes the loss of one mini-batch. */
  step(options: Options<R>, context: StepContext): Promise<StepReport | void>;
}

/**
 * Makes a method of its definition.
 *
 * @throws UserError for a name that cannot stand in a file's name or in a list, for an option that is
 *   no rule, or without a step
 */
export function defineMethod<R extends Rules>(definition: MethodDefinition<R>): DistillationMethod {
  const { name, needsTeacher = true } = definition;
  if (!/^(?!.*\.\.)[\w+.-]+$/.test(name)) {
    throw new UserError(
      `a method is named "${name}"; use letters, digits, "+", "-", "_" and single dots`,
    );
  }
  if (typeof definition.step !== "function") {
    throw new UserError(`the method "${name}" has no step: a function that computes its loss`);
  }
  checkRules(`method "${name}"`, definition.options);
  return {
    needsTeacher,
    stages: (_options: unknown, epochs: number) => [{ name: "train", epochs }],
    passes: () => ({ student: 3, teacher: needsTeacher ? 1 : 0 }),
    ...definition,
  } as unknown as DistillationMethod;
}

/** A stretch of training with a learning rate schedule and an optimizer of its own. */
export interface Stage {
  readonly name: string;
  readonly epochs: number;
}

/**
 * Forward passes of an image through each network. The student's backward pass counts as two, a
 * frozen network's as one.
 */
export interface PassCount {
  readonly student: number;
  readonly teacher: number;
}

/** The networks and the training set of a run, for methods whose own variables depend on their shapes. */
export interface MethodNetworks {
  readonly student: Network;
  /** null only for a method that needs none */
  readonly teacher: FrozenNetwork;
  /** The labels of the training images */
  readonly trainingLabels: ArrayLike<number>;
  readonly random: () => number;
}

/** The phases of a step that are timed. "selection" is the time that no other phase takes. */
export const METHOD_PHASES = ["teacher", "selection", "attack", "student"] as const;

/** The streams of random numbers that a method may draw from. */
export type MethodStream = "base samples" | "target class" | "attack" | "negatives";

/**
 * A mini-batch, and the passes that a method can make with it. The loop times them, and frees all their
 * tensors when the step is over.
 */
export interface StepContext {
  /** `[n, h, w, c]`, augmented and normalised */
  readonly images: tf.Tensor4D;
  /** `[n]`, int32 */
  readonly labels: tf.Tensor1D;
  /** The labels on the host */
  readonly labelValues: Int32Array;
  /** The images' indices in the training set */
  readonly indices: Int32Array;
  /** The labels of the training images */
  readonly trainingLabels: ArrayLike<number>;
  /** The method's own variables */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** The frozen teacher; null only for a method that needs none */
  readonly teacher: FrozenNetwork;
  readonly stage: string;
  /** e = 1 … E, of this stage */
  readonly epoch: number;
  readonly epochs: number;

  /**
   * Computes the teacher's logits for `images`, or takes them from a cache on disk.
   *
   * @param options.attackFollows keeps what `attackTeacher` needs for its first step
   * @returns `[n, classes]`
   */
  teacherPass(options?: { readonly attackFollows?: boolean }): Promise<tf.Tensor2D>;
  /** Computes the teacher's logits and feature maps for `images`. */
  teacherFeatures(): Promise<NetworkOutput>;
  /**
   * Runs the student forward in training mode and backward, and adds to the gradients.
   *
   * @returns its logits
   */
  studentPass(images: tf.Tensor4D, loss: StudentLoss): Promise<tf.Tensor2D>;
  /**
   * Attacks the teacher with some of `images`.
   *
   * @param rows which of them
   * @param classes one label, and perhaps one target, a row
   */
  attackTeacher(
    attack: Attack,
    rows: ArrayLike<number>,
    classes: AttackClasses,
    options?: ResolvedOptions,
  ): Promise<AttackResult>;
  /** Gives a stream of random numbers in [0, 1), the same for every method of a seed. */
  random(stream: MethodStream): () => number;
  /** Keeps a tensor until the step is over. */
  own<T extends tf.Tensor>(tensor: T): T;
}

/**
 * Computes the terms of the loss from the student's output, with their weights; they are added up. It
 * runs once a pass, under the gradient tape, which frees the tensors that it does not keep (`tf.keep`).
 */
export type StudentLoss = (output: NetworkOutput) => Record<string, tf.Scalar>;

/** The figures that a step reports besides its loss. */
export interface StepReport {
  /** The attack, where there was one; its tensors need not live any more. */
  readonly attack?: Pick<AttackResult, "outcomes" | "steps" | "norms">;
}

/** Gives the rules of a method's options, where some of them are given. */
export function optionRules(method: DistillationMethod, given: ResolvedOptions = {}): Rules {
  return method.optionsFor?.(given) ?? method.options;
}

/**
 * Fills in the defaults of a method's options.
 *
 * @throws UserError naming the option, what it got and what it may be
 */
export function resolveMethodOptions(
  method: DistillationMethod,
  given: ResolvedOptions = {},
): ResolvedOptions {
  return resolveOptions(method.name, optionRules(method, given), given);
}
