import * as tf from "@tensorflow/tfjs";
import type { Normalisation } from "../attack/pixel_space.ts";
import type { DistillationMethod, Stage } from "../distillation/method.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import { countedNetwork } from "../nn/counted_network.ts";
import type { Network } from "../nn/network.ts";
import { cleanPass } from "./clean_pass.ts";
import type { EpochSummary } from "./epoch_row.ts";
import type { EventTurn } from "./event_turn.ts";
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
