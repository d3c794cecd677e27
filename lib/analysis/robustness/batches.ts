import { EventTurn } from "../../stop/event_turn.ts";

/** Goes through indices batch by batch; between two of them the event loop has its turn. */
export class Batches {
  readonly #events = new EventTurn();

  constructor(readonly size: number, readonly signal?: AbortSignal) {}

  /**
   * What is kept of each batch, one after the other.
   *
   * @throws DOMException "AbortError" if the signal was given
   */
  async filter(
    rows: readonly number[],
    keep: (batch: readonly number[]) => Promise<readonly number[]>,
  ): Promise<number[]> {
    const kept: number[] = [];
    for (let from = 0; from < rows.length; from += this.size) {
      await this.#events.take();
      this.signal?.throwIfAborted();
      kept.push(...await keep(rows.slice(from, from + this.size)));
    }
    return kept;
  }
}
