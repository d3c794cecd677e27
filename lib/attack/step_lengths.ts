/** Less than this share of rising steps since the last look, and the step is halved. */
const RISING = 0.75;

/** What the steps so far mean for the next one, a row each. */
export interface StepAdvice {
  /** Whether the loss is the highest so far. */
  readonly improved: readonly boolean[];
  /** Whether to go back to the best point, with half the step. */
  readonly halved: readonly boolean[];
  readonly lengths: Float32Array;
  readonly isFirst: boolean;
}

/**
 * The step lengths of Auto-PGD (Croce and Hein 2020, algorithm 1): looks at the losses at fixed
 * steps, and halves the step of a sample whose loss rose too seldom since the last look (condition
 * 1), or whose step was not halved then and whose best loss has not risen since (condition 2).
 */
export class StepLengths {
  readonly #lengths: Float32Array;
  readonly #best: Float64Array;
  readonly #bestAtLook: Float64Array;
  readonly #previous: Float64Array;
  readonly #rises: Int32Array;
  readonly #halvedAtLook: Uint8Array;
  readonly #shortest: number;
  readonly #shortening: number;
  /** Steps from one look to the next. */
  #period: number;
  #sinceLook = 0;
  #isFirst = true;

  constructor(count: number, length: number, maxSteps: number) {
    // The shares of the steps are those of the published code.
    const share = (part: number) => Math.max(Math.floor(part * maxSteps), 1);
    this.#period = share(0.22);
    this.#shortest = share(0.06);
    this.#shortening = share(0.03);
    this.#lengths = new Float32Array(count).fill(length);
    this.#best = new Float64Array(count).fill(-Infinity);
    this.#bestAtLook = new Float64Array(count);
    this.#previous = new Float64Array(count);
    this.#rises = new Int32Array(count);
    // So that the second condition is not looked at the first time.
    this.#halvedAtLook = new Uint8Array(count).fill(1);
  }

  /**
   * Takes note of the losses before a step; called once a step.
   *
   * @param samples which sample each row is
   * @param losses one a row
   */
  after(samples: readonly number[], losses: Float64Array): StepAdvice {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const improved = samples.map((sample, row) => this.#note(sample, losses[row], isFirst));
    const isLook = !isFirst && ++this.#sinceLook === this.#period;
    const halved = samples.map((sample) => isLook && this.#look(sample));
    if (isLook) {
      this.#sinceLook = 0;
      this.#period = Math.max(this.#period - this.#shortening, this.#shortest);
    }
    return {
      improved,
      halved,
      lengths: Float32Array.from(samples, (sample) => this.#lengths[sample]),
      isFirst,
    };
  }

  /** Gives whether the loss is the highest so far. */
  #note(sample: number, loss: number, isFirst: boolean): boolean {
    if (isFirst) this.#bestAtLook[sample] = loss;
    else if (loss > this.#previous[sample]) this.#rises[sample]++;
    this.#previous[sample] = loss;
    if (!(loss > this.#best[sample])) return false;
    this.#best[sample] = loss;
    return true;
  }

  /** Gives whether the step was halved. */
  #look(sample: number): boolean {
    const oscillates = this.#rises[sample] <= RISING * this.#period;
    const stands = !this.#halvedAtLook[sample] && this.#bestAtLook[sample] >= this.#best[sample];
    const halve = oscillates || stands;
    if (halve) this.#lengths[sample] /= 2;
    this.#rises[sample] = 0;
    this.#halvedAtLook[sample] = halve ? 1 : 0;
    this.#bestAtLook[sample] = this.#best[sample];
    return halve;
  }
}
