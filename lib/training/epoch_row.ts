import { type Outcome, OUTCOMES } from "../attack/attack.ts";
import { METHOD_PHASES, type StepReport } from "../distillation/method.ts";
import { PhaseClock } from "./phase_clock.ts";

/** The phases of an epoch that are timed. */
export const PHASES = ["data", ...METHOD_PHASES, "optimizer", "evaluation"] as const;

type Phase = typeof PHASES[number];

/**
 * One row of a run's results. Accuracies and shares are in 0…1, times in seconds, norms L2 in normalised
 * pixels. Null if not measured.
 */
export type EpochRow = Record<string, string | number | null>;

/** Adds up the seconds of an epoch's training, without its evaluation. */
export function trainingSeconds(row: EpochRow): number {
  return Object.entries(row)
    .filter(([name]) => name.startsWith("seconds_") && name !== "seconds_evaluation")
    .reduce((sum, [, value]) => sum + Number(value), 0);
}

/** The figures of one mini-batch after its step. */
interface StepSummary extends StepReport {
  readonly images: number;
  /** The terms of the loss */
  readonly losses: ReadonlyMap<string, number>;
  /** Images that the student classified correctly; null if that was not counted */
  readonly correct: number | null;
  /** Images for which the teacher's logits were asked */
  readonly asked: number;
  /** The images among them that were in the cache */
  readonly cached: number;
  /** Images through the teacher, forward or backward, counted as if there were no cache */
  readonly teacherImages: number;
}

/** Sums over the mini-batches of an epoch so far, as plain data for a checkpoint. */
export interface EpochSums {
  /** Mini-batches done */
  steps: number;
  images: number;
  correct: number | null;
  asked: number;
  cached: number;
  teacherImages: number;
  /** Each term of the loss, times images */
  losses: Record<string, number>;
  /** The number of attacked samples by outcome */
  outcomes: Record<Outcome, number>;
  attackSteps: number;
  norms: number;
  seconds: Record<Phase, number>;
}

/** Adds up the reports of an epoch's steps, and makes the epoch's row. */
export class EpochSummary {
  readonly #sums: EpochSums;
  readonly #clock: PhaseClock<Phase>;

  /** @param sums of a stopped epoch, to resume from */
  constructor(sums?: EpochSums) {
    this.#sums = structuredClone(sums) ?? {
      steps: 0,
      images: 0,
      correct: 0,
      asked: 0,
      cached: 0,
      teacherImages: 0,
      losses: {},
      outcomes: zeros(OUTCOMES),
      attackSteps: 0,
      norms: 0,
      seconds: zeros(PHASES),
    };
    this.#clock = new PhaseClock(this.#sums.seconds);
  }

  /** Mini-batches done. */
  get steps(): number {
    return this.#sums.steps;
  }

  /** Runs a phase of the epoch and adds its time. */
  timed<T>(phase: Phase, work: () => Promise<T> | T): Promise<T> {
    return this.#clock.timed(phase, work);
  }

  addStep({ images, losses, correct, asked, cached, teacherImages, attack }: StepSummary): void {
    const sums = this.#sums;
    sums.steps++;
    sums.images += images;
    sums.correct = sums.correct === null || correct === null ? null : sums.correct + correct;
    sums.asked += asked;
    sums.cached += cached;
    sums.teacherImages += teacherImages;
    for (const [term, value] of losses) {
      sums.losses[term] = (sums.losses[term] ?? 0) + value * images;
    }
    for (const outcome of attack?.outcomes ?? []) sums.outcomes[outcome]++;
    for (const steps of attack?.steps ?? []) sums.attackSteps += steps;
    for (const norm of attack?.norms ?? []) sums.norms += norm;
  }

  /** Copies the sums, for a checkpoint. */
  save(): EpochSums {
    return structuredClone(this.#sums);
  }

  /**
   * Makes the epoch's row.
   *
   * @param at the first columns: epoch, stage, learning rate and test accuracy
   */
  row(at: EpochRow): EpochRow {
    const { images, correct, asked, cached, teacherImages } = this.#sums;
    const { outcomes, attackSteps, norms, seconds } = this.#sums;
    const attacked = Object.values(outcomes).reduce((total, count) => total + count, 0);
    const perSample = (sum: number) => attacked > 0 ? sum / attacked : null;
    const losses = Object.entries(this.#sums.losses)
      .map(([term, sum]) => [term, sum / images] as const);
    return {
      ...at,
      train_accuracy: correct === null ? null : correct / images,
      loss: losses.reduce((total, [, value]) => total + value, 0),
      ...Object.fromEntries(losses.map(([term, value]) => [`loss_${term}`, value])),
      attacked,
      ...Object.fromEntries(OUTCOMES.map((outcome) => [
        `share_${outcome.replaceAll(" ", "_")}`,
        perSample(outcomes[outcome]),
      ])),
      mean_attack_steps: perSample(attackSteps),
      mean_perturbation_norm: perSample(norms),
      teacher_cached: asked > 0 ? cached / asked : null,
      teacher_images: teacherImages,
      ...Object.fromEntries(
        Object.entries(seconds).map(([phase, value]) => [`seconds_${phase}`, value]),
      ),
    };
  }
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
