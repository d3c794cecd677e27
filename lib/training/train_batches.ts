import { miniBatches } from "../data/mini_batches.ts";
import { leaveInterruptedWork } from "../stop/leave_interrupted_work.ts";
import { stopPoint } from "../stop/until_stopped.ts";
import type { MiniBatch } from "./batches.ts";
import type { EpochSummary } from "./epoch_row.ts";
import { learningRateAt, type Protocol } from "./protocol.ts";
import { NotFiniteError, type StepInput, trainStep } from "./step.ts";
import { UserError } from "../user_error.ts";

/** The input of one pass over a training set. */
export interface BatchesInput extends StepInput {
  readonly protocol: Protocol;
  readonly makeBatch: (indices: Int32Array) => MiniBatch;
  /** The epoch counted over all stages, from 1. */
  readonly number: number;
  /** Called after each mini-batch with the number done. */
  readonly onStep?: (step: number) => void;
}

/**
 * Makes one pass over a training set in mini-batches, after the ones that the summary already counts.
 * If it throws, the state is that after the last finished mini-batch.
 *
 * @returns the learning rate of the epoch
 * @throws UserError if the training set is empty
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export async function trainBatches(
  input: BatchesInput,
  summary: EpochSummary,
): Promise<number> {
  const { protocol, state, streams, stage, epoch, number } = input;
  if (input.trainingLabels.length === 0) {
    throw new UserError("there is nothing to train on; give at least one training image");
  }
  const learningRate = learningRateAt(protocol, epoch, stage.epochs);
  const isNewRate = epoch === 1 ||
    learningRate !== learningRateAt(protocol, epoch - 1, stage.epochs);
  // The published code makes a new optimizer at each change of the learning rate.
  if (isNewRate && summary.steps === 0) state.optimizer.reset();
  const batches = miniBatches(
    input.trainingLabels.length,
    protocol.batchSize,
    streams.fromStart("order"),
  );
  while (summary.steps < batches.length) {
    await stopPoint();
    const before = streams.save();
    try {
      const indices = batches[summary.steps];
      const batch = await summary.timed("data", () => input.makeBatch(indices));
      await state.attempt(() => trainStep(input, batch, learningRate, summary));
    } catch (error) {
      streams.restore(before);
      // A loss that throws leaves the gradient tape open.
      leaveInterruptedWork();
      if (!(error instanceof NotFiniteError)) throw error;
      throw new NotFiniteError(`${error.message} in epoch ${number}, step ${summary.steps + 1}`);
    }
    input.onStep?.(summary.steps);
  }
  const nonFinite = await state.nonFinite();
  if (nonFinite.length > 0) {
    throw new NotFiniteError(`${nonFinite[0]} is not finite after epoch ${number}`);
  }
  return learningRate;
}
