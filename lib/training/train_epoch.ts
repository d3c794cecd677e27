import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../data/dataset.ts";
import { miniBatches } from "../data/mini_batches.ts";
import type { DistillationMethod, Stage } from "../distillation/method.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { freeze } from "../nn/freeze.ts";
import { cleanPass } from "./clean_pass.ts";
import { type EpochRow, EpochSummary } from "./epoch_row.ts";
import { EventTurn } from "./event_turn.ts";
import { evaluateAccuracy } from "./evaluate.ts";
import { GradientAccumulator } from "./gradient_accumulator.ts";
import { learningRateAt, type Protocol } from "./protocol.ts";
import { makeBatch } from "./make_batch.ts";
import type { RandomStreams } from "./random_streams.ts";
import type { TeacherLogitCache } from "./teacher_logit_cache.ts";
import type { TrainingState } from "./training_state.ts";
import { UserError } from "../user_error.ts";

/** What one pass over the training images needs. */
export interface EpochInput {
  readonly dataset: Dataset;
  readonly teacher: FrozenClassifier | null;
  readonly teacherCache: TeacherLogitCache | null;
  readonly method: DistillationMethod;
  /** The method's options. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
  readonly state: TrainingState;
  /** Those of this epoch. */
  readonly streams: RandomStreams;
  readonly stage: Stage;
  /** e = 1 … E of the stage. */
  readonly epoch: number;
  /** Counted over all stages, from 1. */
  readonly number: number;
  readonly signal?: AbortSignal;
  /** Called after each mini-batch with how many are done. */
  readonly onStep: (step: number) => void;
}

/** Loss or weights are no longer finite; the message says where. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/**
 * One pass over the training images in mini-batches, and the evaluation on the test images after it.
 *
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the signal was given
 */
export async function trainEpoch(input: EpochInput): Promise<EpochRow> {
  const { dataset, protocol, state, streams, stage, epoch, number, signal } = input;
  const summary = new EpochSummary();
  const learningRate = learningRateAt(protocol, epoch, stage.epochs);
  // The published code makes a new optimizer at each change of the learning rate.
  if (epoch === 1 || learningRate !== learningRateAt(protocol, epoch - 1, stage.epochs)) {
    state.optimizer.reset();
  }
  const order = streams.stream("order");
  const events = new EventTurn();
  const batches = miniBatches(dataset.train.count, protocol.batchSize, order);
  for (const [index, indices] of batches.entries()) {
    await events.take();
    signal?.throwIfAborted();
    try {
      await trainStep(input, indices, learningRate, summary);
    } catch (error) {
      if (!(error instanceof NotFiniteError)) throw error;
      throw new NotFiniteError(`${error.message} in epoch ${number}, step ${index + 1}`);
    }
    input.onStep(index + 1);
  }
  const nonFinite = await state.nonFinite();
  if (nonFinite.length > 0) {
    throw new NotFiniteError(`${nonFinite[0]} is not finite after epoch ${number}`);
  }
  const testAccuracy = await summary.timed("evaluation", async () => {
    const frozen = freeze(state.student);
    const accuracy = await evaluateAccuracy(frozen, dataset, dataset.test, events);
    frozen.dispose();
    return accuracy;
  });
  return summary.row({
    epoch: number,
    stage: stage.name,
    learning_rate: learningRate,
    test_accuracy: testAccuracy,
  });
}

async function trainStep(
  input: EpochInput,
  indices: Int32Array,
  learningRate: number,
  summary: EpochSummary,
): Promise<void> {
  const { method, options, state, streams, stage, epoch } = input;
  const batch = await summary.timed(
    "data",
    () => makeBatch(input.dataset, indices, streams.stream("augmentation")),
  );
  const { images, labels, labelValues } = batch;
  const accumulator = new GradientAccumulator(state.student, state.trained, state.own);
  let correct: tf.Scalar | undefined;
  try {
    const teacher = teacherOf(input);
    const report = await method.step(options as never, {
      images,
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
          (cached) => summary.addTeacherLogits(indices.length, cached),
          options,
        ),
      backward: (passed, loss) => {
        const logits = accumulator.backward(passed, loss);
        if (passed === images) correct = countCorrect(logits, labels);
        return logits;
      },
      random: (stream) => streams.stream(stream),
      timed: (phase, work) => summary.timed(phase, work),
    });
    await summary.timed("optimizer", async () => {
      const losses = await accumulator.losses();
      const bad = [...losses].find(([, value]) => !Number.isFinite(value));
      if (bad) throw new NotFiniteError(`the loss is not finite (${bad[0]} is ${bad[1]})`);
      state.optimizer.apply(state.trained, accumulator.gradients, learningRate);
      const [hits] = await correct?.data() ?? [NaN];
      summary.addStep(indices.length, losses, hits, report);
    });
  } finally {
    accumulator.dispose();
    tf.dispose([images, labels, ...(correct ? [correct] : [])]);
  }
}

function teacherOf({ teacher, method }: EpochInput): FrozenClassifier {
  if (!teacher && method.needsTeacher) {
    throw new UserError(`method "${method.name}" needs a teacher, but the run has none`);
  }
  return teacher!;
}

function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), labels)) as tf.Scalar);
}
