/** Does something again and again on request, but no more often than in a given time. */
export class Paced {
  readonly #action: () => Promise<void>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #earliest = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param action an error of it becomes a warning: nobody awaits it */
  constructor(action: () => Promise<void>, everyMs: number) {
    this.#action = action;
    this.#everyMs = everyMs;
  }

  /** Has it done as soon as its time has come; requests until then are one. */
  request(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#earliest = performance.now() + this.#everyMs;
      this.#running = this.#action().catch((error) => console.warn(String(error)));
    }, Math.max(0, this.#earliest - performance.now()));
  }

  /** Takes back a request that waits, and waits for what is being done. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }
}
