import seedrandom from "seedrandom";
import type { MethodStream } from "../distillation/method.ts";

/** The streams that a run draws from; one method's draws never move another's. */
export type StreamName = "init" | "subset" | "order" | "augmentation" | MethodStream;

/**
 * Named streams of random numbers in [0, 1), split from one seed.
 *
 * A stream is a function of (seed, name, epoch) and nothing else: the same seed gives the same
 * initial weights and the same mini-batches to every method, and a run resumes at an epoch without
 * any saved state. Within an epoch a stream goes on where it was left.
 */
export class RandomStreams {
  readonly #seed: number;
  readonly #streams = new Map<string, () => number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The stream of that name; `epoch` 0 is for what happens once a run. */
  stream(name: StreamName, epoch = 0): () => number {
    const key = `${this.#seed}/${name}/${epoch}`;
    let stream = this.#streams.get(key);
    if (!stream) {
      stream = seedrandom(key) as () => number;
      this.#streams.set(key, stream);
    }
    return stream;
  }
}
