import * as tf from "@tensorflow/tfjs";
import type { Normalisation } from "../attack/pixel_space.ts";
import type { DistillationMethod, Stage } from "../distillation/method.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import type { Network } from "../nn/network.ts";
import { cleanPass } from "./clean_pass.ts";
import type { EpochSummary } from "./epoch_row.ts";
import { GradientAccumulator } from "./gradient_accumulator.ts";
import type { MiniBatch } from "./make_batch.ts";
import { NotFiniteError } from "./not_finite_error.ts";
import type { RandomStreams } from "./random_streams.ts";
import type { TeacherLogitCache } from "./teacher_logit_cache.ts";
import type { TrainingState } from "./training_state.ts";
import { UserError } from "../user_error.ts";

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
}

/**
 * One step of the optimizer, on the loss that the method makes of a mini-batch.
 *
 * @param batch is disposed of
 * @throws NotFiniteError if the loss is not finite; then nothing was changed
 */
export async function trainStep(
  input: StepInput,
  batch: MiniBatch,
  learningRate: number,
  summary: EpochSummary,
): Promise<void> {
  const { method, options, state, streams, stage, epoch } = input;
  const { images, labels, labelValues } = batch;
  const accumulator = new GradientAccumulator(state.student, state.trained, state.own);
  let correct: tf.Scalar | undefined;
  try {
    const teacher = teacherOf(input);
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
          (cached) => summary.addTeacherLogits(labelValues.length, cached),
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
      summary.addStep(labelValues.length, losses, hits, report);
    });
  } finally {
    accumulator.dispose();
    tf.dispose([images, labels, ...(correct ? [correct] : [])]);
  }
}

function teacherOf({ teacher, method }: StepInput): FrozenNetwork {
  if (!teacher && method.needsTeacher) {
    throw new UserError(`method "${method.name}" needs a teacher, but the run has none`);
  }
  return teacher!;
}

function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), labels)) as tf.Scalar);
}
