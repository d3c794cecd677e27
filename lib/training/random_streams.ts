import seedrandom from "seedrandom";
import type { MethodStream } from "../distillation/method.ts";

/** The streams that a run draws from; one method's draws never move another's. */
export type StreamName = "init" | "subset" | "order" | "augmentation" | MethodStream;

/**
 * Named streams of random numbers in [0, 1), split from one seed.
 *
 * A stream is a function of (seed, epoch, name) and nothing else: the same seed gives the same
 * initial weights and the same mini-batches to every method, and a run resumes at an epoch without
 * any saved state. Within an epoch a stream goes on where it was left.
 */
export class RandomStreams {
  readonly #seed: number;
  readonly #epoch: number;
  readonly #streams = new Map<StreamName, () => number>();

  /** @param epoch from 1; 0 is for what happens once a run */
  constructor(seed: number, epoch = 0) {
    this.#seed = seed;
    this.#epoch = epoch;
  }

  stream(name: StreamName): () => number {
    let stream = this.#streams.get(name);
    if (!stream) {
      stream = seedrandom(`${this.#seed}/${name}/${this.#epoch}`) as () => number;
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
