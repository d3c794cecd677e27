import { miniBatches } from "../data/mini_batches.ts";
import type { EpochSummary } from "./epoch_row.ts";
import type { EventTurn } from "./event_turn.ts";
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
  readonly signal?: AbortSignal;
  /** Called after each mini-batch with how many are done. */
  readonly onStep?: (step: number) => void;
}

/**
 * One pass over a training set in mini-batches.
 *
 * @returns the learning rate that it was made with
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the signal was given
 */
export async function trainBatches(
  input: BatchesInput,
  summary: EpochSummary,
  events: EventTurn,
): Promise<number> {
  const { protocol, state, stage, epoch, number } = input;
  const learningRate = learningRateAt(protocol, epoch, stage.epochs);
  // The published code makes a new optimizer at each change of the learning rate.
  if (epoch === 1 || learningRate !== learningRateAt(protocol, epoch - 1, stage.epochs)) {
    state.optimizer.reset();
  }
  const batches = miniBatches(input.count, protocol.batchSize, input.streams.stream("order"));
  for (const [index, indices] of batches.entries()) {
    await events.take();
    input.signal?.throwIfAborted();
    try {
      const batch = await summary.timed("data", () => input.makeBatch(indices));
      await trainStep(input, batch, learningRate, summary);
    } catch (error) {
      if (!(error instanceof NotFiniteError)) throw error;
      throw new NotFiniteError(`${error.message} in epoch ${number}, step ${index + 1}`);
    }
    input.onStep?.(index + 1);
  }
  const nonFinite = await state.nonFinite();
  if (nonFinite.length > 0) {
    throw new NotFiniteError(`${nonFinite[0]} is not finite after epoch ${number}`);
  }
  return learningRate;
}
