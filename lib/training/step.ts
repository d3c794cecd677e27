import * as tf from "@tensorflow/tfjs";
import type { Attack, AttackClasses, AttackResult } from "../attack/attack.ts";
import { attackNormalised, type Normalisation } from "../attack/pixel_space.ts";
import type {
  DistillationMethod,
  METHOD_PHASES,
  MethodStream,
  ResolvedOptions,
  Stage,
  StepContext,
  StudentLoss,
} from "../distillation/method.ts";
import {
  countedNetwork,
  type FrozenNetwork,
  type Pullback,
  restrictPullback,
} from "../nn/frozen_classifier.ts";
import type { Network, NetworkOutput } from "../nn/network.ts";
import { gatherRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";
import type { MiniBatch } from "./batches.ts";
import type { EpochSummary } from "./epoch_row.ts";
import { GradientAccumulator } from "./gradients.ts";
import type { RandomStreams } from "./random_streams.ts";
import type { TrainingState } from "./state.ts";
import type { TeacherLogitCache } from "./teacher_cache/cache.ts";

/** Thrown when loss or weights are no longer finite; the message says where. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/** The input of a training step besides its mini-batch. */
export interface StepInput {
  /** The normalisation of the images */
  readonly normalisation: Normalisation;
  /** The labels of the training images */
  readonly trainingLabels: ArrayLike<number>;
  /** null only for a method that needs none */
  readonly teacher: FrozenNetwork;
  readonly teacherCache: LogitCache | null;
  readonly method: DistillationMethod;
  /** The method's options */
  readonly options: ResolvedOptions;
  readonly state: TrainingState<Network>;
  /** The streams of this epoch */
  readonly streams: RandomStreams;
  readonly stage: Stage;
  /** e = 1 … E of the stage */
  readonly epoch: number;
}

type LogitCache = Pick<TeacherLogitCache, "read" | "store">;

/**
 * Takes one step of the optimizer, on the loss that the method makes of a mini-batch. If it throws, it
 * has changed nothing but variables that are not trained and random streams.
 *
 * @param batch is disposed of
 * @throws NotFiniteError if the loss is not finite
 * @throws UserError if the method gives no loss, or one that is not made of scalars
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export async function trainStep(
  input: StepInput,
  batch: MiniBatch,
  learningRate: number,
  summary: EpochSummary,
): Promise<void> {
  const { method, options, state, streams, stage, epoch } = input;
  let teacherImages = 0;
  const teacher = input.teacher &&
    countedNetwork(input.teacher, (images) => teacherImages += images);
  const step = new MiniBatchStep(batch, {
    normalisation: input.normalisation,
    trainingLabels: input.trainingLabels,
    teacher,
    teacherCache: input.teacherCache,
    gradients: new GradientAccumulator(state.student, state.trained, state.own, state.precision),
    stage: stage.name,
    epoch,
    epochs: stage.epochs,
    random: (stream) => streams.stream(stream),
    timed: (phase, work) => summary.timed(phase, work),
  });
  try {
    const report = await summary.timed("selection", () => method.step(options, step));
    await summary.timed("optimizer", async () => {
      const losses = await step.gradients.losses();
      if (losses.size === 0) {
        throw new UserError(
          `method "${method.name}" gave no loss in this step; its step must call studentPass with one`,
        );
      }
      const bad = [...losses].find(([, value]) => !Number.isFinite(value));
      if (bad) throw new NotFiniteError(`the loss is not finite (${bad[0]} is ${bad[1]})`);
      const correct = await step.correct();
      state.optimizer.apply(state.trained, step.gradients.gradients, learningRate);
      summary.addStep({
        ...report,
        images: batch.labelValues.length,
        losses,
        correct,
        asked: step.asked,
        cached: step.cached,
        teacherImages: teacherImages + step.cached - step.repeated,
      });
    });
  } finally {
    step.dispose();
  }
}

type MethodPhase = typeof METHOD_PHASES[number];

/** The input of one mini-batch's passes. */
interface PassInput
  extends
    Pick<StepContext, "trainingLabels" | "teacher" | "stage" | "epoch" | "epochs" | "random"> {
  readonly normalisation: Normalisation;
  readonly teacherCache: LogitCache | null;
  readonly gradients: GradientAccumulator;
  /** Times a phase of the step. */
  readonly timed: <T>(phase: MethodPhase, work: () => Promise<T> | T) => Promise<T>;
}

/** A mini-batch on its way through a step: makes the method's passes, and owns all their tensors. */
export class MiniBatchStep implements StepContext {
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
  readonly labelValues: Int32Array;
  readonly indices: Int32Array;
  readonly trainingLabels: ArrayLike<number>;
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly teacher: FrozenNetwork;
  readonly stage: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly random: (stream: MethodStream) => () => number;
  readonly gradients: GradientAccumulator;
  /** The images for which the teacher's logits were asked */
  asked = 0;
  /** The images among them that the cache had */
  cached = 0;
  /** Images that the teacher saw again, because the cache has logits but no way back to images. */
  repeated = 0;
  readonly #batch: MiniBatch;
  readonly #input: PassInput;
  readonly #owned: tf.Tensor[] = [];
  #teacherPass: Pullback | null = null;
  /** True if an attack follows, and the cache spared the pass that it would start from. */
  #isPassSpared = false;
  #studentLogits: tf.Tensor2D | null = null;

  /** @param batch belongs to the step from now on */
  constructor(batch: MiniBatch, input: PassInput) {
    this.#batch = batch;
    this.#input = input;
    this.images = this.own(batch.images);
    this.labels = this.own(batch.labels);
    this.labelValues = batch.labelValues;
    this.indices = batch.indices;
    this.trainingLabels = input.trainingLabels;
    this.variables = input.gradients.own;
    this.teacher = input.teacher;
    this.stage = input.stage;
    this.epoch = input.epoch;
    this.epochs = input.epochs;
    this.random = input.random;
    this.gradients = input.gradients;
  }

  // The passes are fields, not methods, since a method's step destructures them.

  readonly teacherPass = (
    { attackFollows = false }: { readonly attackFollows?: boolean } = {},
  ): Promise<tf.Tensor2D> =>
    this.#input.timed("teacher", async () => {
      const { images, teacher } = this;
      const { imageNumbers } = this.#batch;
      const cache = this.#input.teacherCache;
      const kept = cache?.read(imageNumbers);
      this.asked += imageNumbers.length;
      if (kept) {
        this.cached += imageNumbers.length;
        this.#isPassSpared = attackFollows;
        return this.own(tf.tensor2d(kept, [imageNumbers.length, teacher.classes]));
      }
      // All images or none: a smaller batch might be rounded differently.
      if (attackFollows) this.#teacherPass = teacher.pullback(images);
      const logits = this.own(this.#teacherPass?.logits ?? teacher.logits(images));
      cache?.store(imageNumbers, await logits.data<"float32">());
      return logits;
    });

  readonly teacherFeatures = (): Promise<NetworkOutput> =>
    this.#input.timed("teacher", () => {
      const { logits, features } = this.teacher.forward(this.images);
      return { logits: this.own(logits), features: features.map((map) => this.own(map)) };
    });

  readonly studentPass = (images: tf.Tensor4D, loss: StudentLoss): Promise<tf.Tensor2D> =>
    this.#input.timed("student", () => {
      const logits = this.own(this.gradients.backward(images, loss));
      if (images === this.images) this.#studentLogits = logits;
      return logits;
    });

  readonly attackTeacher = (
    attack: Attack,
    rows: ArrayLike<number>,
    classes: AttackClasses,
    options: ResolvedOptions = {},
  ): Promise<AttackResult> =>
    this.#input.timed("attack", async () => {
      const images = gatherRows(this.images, rows);
      const start = this.#startOf(attack, images, rows);
      try {
        const result = await attackNormalised(
          attack,
          this.#input.normalisation,
          this.teacher,
          images,
          classes,
          options,
          { random: this.random("attack"), start },
        );
        return { ...result, samples: this.own(result.samples), logits: this.own(result.logits) };
      } finally {
        images.dispose();
        start?.dispose();
        start?.logits.dispose();
      }
    });

  /** The first pass of an attack that takes one; pixel attacks ignore it. */
  #startOf(attack: Attack, images: tf.Tensor4D, rows: ArrayLike<number>): Pullback | undefined {
    if (this.#teacherPass) return restrictPullback(this.#teacherPass, rows);
    if (!this.#isPassSpared || attack.units !== "normalised") return undefined;
    this.repeated += rows.length;
    return this.teacher.pullback(images);
  }

  readonly own = <T extends tf.Tensor>(tensor: T): T => {
    this.#owned.push(tensor);
    return tensor;
  };

  /** Counts the images that the student classified correctly; null if it did not see them. */
  async correct(): Promise<number | null> {
    const logits = this.#studentLogits;
    if (!logits) return null;
    const hits = tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), this.labels)));
    const [count] = await hits.data();
    hits.dispose();
    return count;
  }

  dispose(): void {
    this.#teacherPass?.dispose();
    this.gradients.dispose();
    tf.dispose(this.#owned);
  }
}
