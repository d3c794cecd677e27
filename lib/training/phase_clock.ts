import { finishWork } from "../backend/finish_work.ts";

/** Times the phases of some work. A phase within another counts only for the inner one. */
export class PhaseClock<P extends string> {
  /** The time of all phases within the one under way */
  #within = 0;

  /** @param seconds the time of each phase so far; later phases are added to it */
  constructor(readonly seconds: Record<P, number>) {}

  /** Runs a phase, waits for the backend to finish its work, and adds the time. */
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
