import { OUTCOMES, outcomeShares } from "../attack/outcome.ts";
import { METHOD_PHASES, type StepReport } from "../distillation/method.ts";

/** The parts of an epoch whose time is recorded. */
export const PHASES = ["data", ...METHOD_PHASES, "optimizer", "evaluation"] as const;

export type Phase = typeof PHASES[number];

/** One row of a run's results. Units: accuracies and shares in 0…1, times in seconds. */
export type EpochRow = Record<string, string | number | null>;

/** Adds up what the steps of an epoch report, and makes the epoch's row of it. */
export class EpochSummary {
  readonly #seconds = new Map<Phase, number>(PHASES.map((phase) => [phase, 0]));
  readonly #lossSums = new Map<string, number>();
  readonly #attacks: NonNullable<StepReport["attack"]>[] = [];
  #images = 0;
  /** Images that a teacher's logits were asked for, and those of them that were in the cache. */
  #taught = 0;
  #cached = 0;
  #correct = 0;

  /** Runs a part of the epoch and adds its time to that phase. */
  async timed<T>(phase: Phase, work: () => Promise<T> | T): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - start) / 1000;
      this.#seconds.set(phase, this.#seconds.get(phase)! + seconds);
    }
  }

  /** @param losses the terms of the mini-batch's loss, @param correct how many it got right */
  addStep(
    count: number,
    losses: ReadonlyMap<string, number>,
    correct: number,
    { attack }: StepReport,
  ): void {
    this.#images += count;
    this.#correct += correct;
    for (const [term, value] of losses) {
      this.#lossSums.set(term, (this.#lossSums.get(term) ?? 0) + value * count);
    }
    if (attack) this.#attacks.push(attack);
  }

  addTeacherLogits(count: number, cached: boolean): void {
    this.#taught += count;
    if (cached) this.#cached += count;
  }

  /** @param at what the row is about: epoch, stage, learning rate, test accuracy */
  row(at: EpochRow): EpochRow {
    const outcomes = this.#attacks.flatMap((attack) => attack.outcomes);
    const steps = this.#attacks.flatMap((attack) => [...attack.steps]);
    const norms = this.#attacks.flatMap((attack) => [...attack.norms]);
    const shares = outcomeShares(outcomes);
    const attacked = outcomes.length > 0;
    const losses = [...this.#lossSums].map(([term, sum]) => [term, sum / this.#images] as const);
    return {
      ...at,
      train_accuracy: this.#correct / this.#images,
      loss: losses.reduce((total, [, value]) => total + value, 0),
      ...Object.fromEntries(losses.map(([term, value]) => [`loss_${term}`, value])),
      attacked: outcomes.length,
      ...Object.fromEntries(OUTCOMES.map((outcome) => [
        `share_${outcome.replaceAll(" ", "_")}`,
        attacked ? shares[outcome] : null,
      ])),
      mean_attack_steps: attacked ? mean(steps) : null,
      mean_perturbation_norm: attacked ? mean(norms) : null,
      teacher_cached: this.#taught > 0 ? this.#cached / this.#taught : null,
      ...Object.fromEntries(
        [...this.#seconds].map(([phase, value]) => [`seconds_${phase}`, value]),
      ),
    };
  }
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
