import type { DistillationMethod, ResolvedOptions, Stage } from "../distillation/method.ts";
import { UserError } from "../user_error.ts";
import type { Protocol } from "./protocol.ts";

/** The most epochs of all stages together: names of checkpoints have five digits. */
const MOST_EPOCHS = 99_999;

/** One epoch of a run. */
interface ScheduledEpoch {
  readonly stage: Stage;
  /** e = 1 … E of the stage */
  readonly epoch: number;
  /** The epoch of its random streams; see `RandomStreams`. */
  readonly epochOfStreams: number | string;
}

/**
 * Lists the epochs of all stages.
 *
 * The last stage has the streams of a method of one stage, so that runs of a seed see the same
 * mini-batches in epoch e, whatever came before. Each stage before it has streams of its own.
 *
 * @throws UserError if a stage has not a whole number of epochs, or if all together have none or too many
 */
export function scheduleOf(
  method: DistillationMethod,
  options: ResolvedOptions,
  { epochs }: Protocol,
): ScheduledEpoch[] {
  const stages = method.stages(options, epochs);
  const last = stages.at(-1);
  const total = stages.reduce((sum, stage) => sum + stage.epochs, 0);
  const areWhole = stages.every((stage) => Number.isInteger(stage.epochs) && stage.epochs > 0);
  if (!areWhole || total < 1 || total > MOST_EPOCHS) {
    const found = stages.map(({ epochs }) => epochs);
    throw new UserError(
      `the stages of the method "${method.name}" have [${found}] epochs; give each a whole number ` +
        `of at least 1, all together at most ${MOST_EPOCHS}`,
    );
  }
  return stages.flatMap((stage) =>
    Array.from({ length: stage.epochs }, (_, index) => ({
      stage,
      epoch: index + 1,
      epochOfStreams: stage === last ? index + 1 : `${stage.name} ${index + 1}`,
    }))
  );
}
