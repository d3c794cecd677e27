import { leaveInterruptedWork } from "../backend/leave_interrupted_work.ts";
import { miniBatches } from "../data/mini_batches.ts";
import type { EpochSummary } from "./epoch_row.ts";
import type { MiniBatch } from "./make_batch.ts";
import { NotFiniteError } from "./not_finite_error.ts";
import { learningRateAt, type Protocol } from "./protocol.ts";
import { type StepInput, trainStep } from "./train_step.ts";

/** What one pass over a training set needs. */
export interface BatchesInput extends StepInput {
  readonly protocol: Protocol;
  /** The size of the training set. */
  readonly count: number;
  readonly makeBatch: (indices: Int32Array) => MiniBatch;
  /** The epoch counted over all stages, from 1. */
  readonly number: number;
  /** Called after each mini-batch with how many are done. */
  readonly onStep?: (step: number) => void;
}

/**
 * One pass over a training set in mini-batches, from where the summary says that it is. Where it
 * throws, all is as it was after the last mini-batch that was finished.
 *
 * @returns the learning rate that it was made with
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the signal was given
 */
export async function trainBatches(
  input: BatchesInput,
  summary: EpochSummary,
): Promise<number> {
  const { protocol, state, streams, stage, epoch, number } = input;
  const learningRate = learningRateAt(protocol, epoch, stage.epochs);
  const isNewRate = epoch === 1 ||
    learningRate !== learningRateAt(protocol, epoch - 1, stage.epochs);
  // The published code makes a new optimizer at each change of the learning rate.
  if (isNewRate && summary.steps === 0) state.optimizer.reset();
  const batches = miniBatches(input.count, protocol.batchSize, streams.fromStart("order"));
  while (summary.steps < batches.length) {
    await input.events.take();
    const before = streams.save();
    try {
      const indices = batches[summary.steps];
      const batch = await summary.timed("data", () => input.makeBatch(indices));
      await state.attempt(() => trainStep(input, batch, learningRate, summary));
    } catch (error) {
      streams.restore(before);
      // A loss that could not be taken leaves a gradient without its end.
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
