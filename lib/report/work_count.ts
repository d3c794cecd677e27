import { formatDuration } from "./duration.ts";

/** How much of a long computation is done, and how long that took. */
export class WorkCount {
  readonly #now: () => number;
  readonly #start: number;
  #total: number;
  #done = 0;

  /**
   * @param total units of work, in any unit that takes about the same time each
   * @param now milliseconds from any start
   */
  constructor(total: number, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#now = now;
    this.#start = now();
  }

  /** Takes work out of the total that turned out to be done already. */
  discount(units: number): void {
    this.#total -= units;
  }

  /** Counts work that is done. */
  advance(units: number): void {
    this.#done = Math.min(this.#total, this.#done + units);
  }

  /** 0…1 */
  get fraction(): number {
    return this.#total === 0 ? 1 : this.#done / this.#total;
  }

  /** "12.5 %" */
  get percent(): string {
    return `${(100 * this.fraction).toFixed(1)} %`;
  }

  /** "8 s, 1 min 20 s left"; the second part while there is something to go by, and to do. */
  get time(): string {
    const seconds = (this.#now() - this.#start) / 1000;
    const left = this.#done > 0 && this.fraction < 1
      ? `, ${formatDuration(seconds / this.fraction - seconds)} left`
      : "";
    return formatDuration(seconds) + left;
  }
}
