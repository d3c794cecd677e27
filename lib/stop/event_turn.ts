/** So long may the event loop wait for its turn, in ms. */
const LONGEST_WAIT = 200;

/**
 * Lets the event loop have its turn from time to time. On a backend whose results are there at once,
 * a training loop would otherwise never leave the queue of settled promises, and no message to abort,
 * no signal and no interrupt from Jupyter would reach it before its end.
 */
export class EventTurn {
  readonly #signal?: AbortSignal;
  #last = performance.now();

  /** @param signal is looked at each time */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws DOMException "AbortError" if the signal was given */
  async take(): Promise<void> {
    if (performance.now() - this.#last >= LONGEST_WAIT) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#last = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}
