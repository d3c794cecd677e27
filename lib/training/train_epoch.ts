import type { Dataset } from "../data/dataset.ts";
import { freeze } from "../nn/freeze.ts";
import type { ResNet } from "../nn/resnet.ts";
import type { EpochRow, EpochSummary } from "./epoch_row.ts";
import { evaluate } from "./evaluate.ts";
import { makeBatch } from "./make_batch.ts";
import { type BatchesInput, trainBatches } from "./train_batches.ts";
import type { TrainingState } from "./training_state.ts";

/** What an epoch needs. */
export interface EpochInput extends Omit<BatchesInput, "count" | "makeBatch" | "normalisation"> {
  readonly dataset: Dataset;
  readonly state: TrainingState<ResNet>;
}

/**
 * One pass over the training images in mini-batches, from where the summary says that it is, and the
 * evaluation on the test images after it.
 *
 * @throws NotFiniteError if loss or weights are no longer finite
 * @throws DOMException "AbortError" if the signal was given
 */
export async function trainEpoch(input: EpochInput, summary: EpochSummary): Promise<EpochRow> {
  const { dataset, state, streams, stage, number, events } = input;
  const learningRate = await trainBatches(
    {
      ...input,
      normalisation: dataset,
      count: dataset.train.count,
      makeBatch: (indices) => makeBatch(dataset, indices, streams.stream("augmentation")),
    },
    summary,
  );
  const { top1, top5 } = await summary.timed("evaluation", async () => {
    const frozen = freeze(state.student);
    try {
      return await evaluate(frozen, dataset, dataset.test, events);
    } finally {
      frozen.dispose();
    }
  });
  return summary.row({
    epoch: number,
    stage: stage.name,
    learning_rate: learningRate,
    test_accuracy: top1,
    test_top5_accuracy: top5,
  });
}
