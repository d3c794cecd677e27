import * as tf from "@tensorflow/tfjs";
import type { Normalisation } from "../attack/pixel_space.ts";
import type { CleanPass, DistillationMethod, Stage, StudentLoss } from "../distillation/method.ts";
import {
  countedNetwork,
  type FrozenClassifier,
  type FrozenNetwork,
} from "../nn/frozen_classifier.ts";
import type { Network } from "../nn/network.ts";
import type { EpochSummary } from "./epoch_row.ts";
import type { EventTurn } from "../stop/event_turn.ts";
import type { MiniBatch } from "./batches.ts";
import type { RandomStreams } from "./random_streams.ts";
import type { TeacherLogitCache } from "./teacher_cache/cache.ts";
import type { TrainingState } from "./state.ts";
import { UserError } from "../user_error.ts";

/** Loss or weights are no longer finite; the message says where. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/** What a training step needs besides its mini-batch. */
export interface StepInput {
  /** How the images were normalised. */
  readonly normalisation: Normalisation;
  readonly teacher: FrozenNetwork | null;
  readonly teacherCache: TeacherLogitCache | null;
  readonly method: DistillationMethod;
  /** The method's options. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly state: TrainingState<Network>;
  /** Those of this epoch. */
  readonly streams: RandomStreams;
  readonly stage: Stage;
  /** e = 1 … E of the stage. */
  readonly epoch: number;
  readonly events: EventTurn;
}

/**
 * One step of the optimizer, on the loss that the method makes of a mini-batch. Where it throws, it
 * has changed nothing but running statistics and random streams.
 *
 * @param batch is disposed of
 * @throws NotFiniteError if the loss is not finite
 * @throws DOMException "AbortError" if the signal was given
 */
export async function trainStep(
  input: StepInput,
  batch: MiniBatch,
  learningRate: number,
  summary: EpochSummary,
): Promise<void> {
  const { method, options, state, streams, stage, epoch, events } = input;
  const { images, labels, labelValues } = batch;
  const accumulator = new GradientAccumulator(state.student, state.trained, state.own);
  let correct: tf.Scalar | undefined;
  let asked = 0;
  let cached = 0;
  let teacherImages = 0;
  try {
    const teacher = teacherOf({
      method,
      teacher: input.teacher && countedNetwork(input.teacher, (images) => teacherImages += images),
    });
    const report = await method.step(options as never, {
      images,
      normalisation: input.normalisation,
      labels,
      labelValues,
      teacher,
      stage: stage.name,
      epoch,
      epochs: stage.epochs,
      cleanPass: (options) =>
        cleanPass(
          teacher,
          batch,
          input.teacherCache,
          (isCached) => {
            asked += labelValues.length;
            if (isCached) cached += labelValues.length;
          },
          options,
        ),
      backward: (passed, loss) => {
        const logits = accumulator.backward(passed, loss);
        if (passed === images) correct = countCorrect(logits, labels);
        return logits;
      },
      random: (stream) => streams.stream(stream),
      timed: (phase, work) => summary.timed(phase, work),
      turn: () => events.take(),
    });
    await summary.timed("optimizer", async () => {
      const losses = await accumulator.losses();
      const bad = [...losses].find(([, value]) => !Number.isFinite(value));
      if (bad) throw new NotFiniteError(`the loss is not finite (${bad[0]} is ${bad[1]})`);
      state.optimizer.apply(state.trained, accumulator.gradients, learningRate);
      const [hits] = await correct?.data() ?? [null];
      summary.addStep({
        ...report,
        ...{ images: labelValues.length, losses, correct: hits, asked, cached },
        teacherImages: teacherImages + cached,
      });
    });
  } finally {
    accumulator.dispose();
    tf.dispose([images, labels, ...(correct ? [correct] : [])]);
  }
}

/** @throws UserError if the method needs a teacher and there is none */
export function teacherOf(
  { teacher, method }: Pick<StepInput, "teacher" | "method">,
): FrozenNetwork {
  if (!teacher && method.needsTeacher) {
    throw new UserError(`method "${method.name}" needs a teacher, but the run has none`);
  }
  return teacher!;
}

function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), labels)) as tf.Scalar);
}

/**
 * The teacher's output for a mini-batch: from the cache if that has all of it, else computed, and kept
 * there. A part is never computed for itself, since it might be rounded otherwise than in the whole.
 *
 * @param onLogits is told whether they came from the cache
 */
export async function cleanPass(
  teacher: FrozenClassifier,
  { images, imageNumbers }: Pick<MiniBatch, "images" | "imageNumbers">,
  cache: TeacherLogitCache | null,
  onLogits: (cached: boolean) => void,
  { pullback }: { readonly pullback: boolean },
): Promise<CleanPass> {
  const kept = cache?.read(imageNumbers) ?? null;
  onLogits(kept !== null);
  if (kept) {
    const logits = tf.tensor2d(kept, [imageNumbers.length, teacher.classes]);
    return { logits, pullback: null, dispose: () => logits.dispose() };
  }
  const pass = pullback ? teacher.pullback(images) : null;
  const logits = pass?.logits ?? teacher.logits(images);
  cache?.store(imageNumbers, await logits.data<"float32">());
  return {
    logits,
    pullback: pass,
    dispose: () => {
      pass?.dispose();
      logits.dispose();
    },
  };
}

/** The gradients and loss terms that the passes of one mini-batch add up to. */
export class GradientAccumulator {
  readonly #student: Network;
  readonly #own: ReadonlyMap<string, tf.Variable>;
  readonly #names: ReadonlyMap<string, string>;
  readonly #variables: tf.Variable[];
  readonly #gradients = new Map<string, tf.Tensor>();
  readonly #terms: { readonly name: string; readonly value: tf.Scalar }[] = [];

  /**
   * @param trained what the optimizer trains, student and method, by name
   * @param own the method's part of it
   */
  constructor(
    student: Network,
    trained: ReadonlyMap<string, tf.Variable>,
    own: ReadonlyMap<string, tf.Variable>,
  ) {
    this.#student = student;
    this.#own = own;
    this.#variables = [...trained.values()];
    // TensorFlow.js gives gradients under names of its own.
    this.#names = new Map([...trained].map(([name, variable]) => [variable.name, name]));
  }

  /** Runs the student forward in training mode and backward; adds up the gradients. */
  backward(images: tf.Tensor4D, loss: StudentLoss): tf.Tensor2D {
    let logits!: tf.Tensor2D;
    const { value, grads } = tf.variableGrads(() => {
      const output = this.#student.forward(images, { training: true });
      const terms = Object.entries(loss(output, this.#own));
      for (const [name, term] of terms) this.#terms.push({ name, value: tf.keep(term) });
      logits = tf.keep(output.logits);
      return tf.addN(terms.map(([, term]) => term)) as tf.Scalar;
    }, this.#variables);
    value.dispose();
    for (const [theirName, gradient] of Object.entries(grads)) {
      if (!gradient) continue;
      const name = this.#names.get(theirName)!;
      const sum = this.#gradients.get(name);
      this.#gradients.set(name, sum ? tf.add(sum, gradient) : gradient);
      if (sum) tf.dispose([sum, gradient]);
    }
    return logits;
  }

  get gradients(): ReadonlyMap<string, tf.Tensor> {
    return this.#gradients;
  }

  /** Reads the terms of the loss; those of one name are added up. */
  async losses(): Promise<Map<string, number>> {
    const losses = new Map<string, number>();
    const values = await Promise.all(this.#terms.map(({ value }) => value.data()));
    this.#terms.forEach(({ name }, index) =>
      losses.set(name, (losses.get(name) ?? 0) + values[index][0])
    );
    return losses;
  }

  dispose(): void {
    tf.dispose([...this.#gradients.values(), ...this.#terms.map(({ value }) => value)]);
  }
}
