import { finishWork } from "../backend/finish_work.ts";

/** Times the phases of some work. A phase within another counts for itself alone. */
export class PhaseClock<P extends string> {
  /** Times of all phases that were within the one under way. */
  #within = 0;

  /** @param seconds of each phase; they add up here */
  constructor(readonly seconds: Record<P, number>) {}

  /** Runs a phase, waits for what it computes, and adds its time. */
  async timed<T>(phase: P, work: () => Promise<T> | T): Promise<T> {
    const [start, before] = [performance.now(), this.#within];
    try {
      const result = await work();
      await finishWork();
      return result;
    } finally {
      const whole = performance.now() - start;
      this.seconds[phase] += (whole - (this.#within - before)) / 1000;
      this.#within = before + whole;
    }
  }
}
