// Without it, those of version 2, which tfjs brings along, may be taken.
// @ts-types="@types/seedrandom"
import seedrandom from "seedrandom";
import type { MethodStream } from "../distillation/method.ts";

/** The streams that a run draws from; one method's draws never move another's. */
export type StreamName = "init" | "subset" | "order" | "augmentation" | MethodStream;

/** Where each stream that was opened has got to; plain data, for a checkpoint. */
export type StreamStates = Readonly<Partial<Record<StreamName, seedrandom.State.Arc4>>>;

type Stream = seedrandom.StatefulPRNG<seedrandom.State.Arc4>;

/**
 * Named streams of random numbers in [0, 1), split from one seed.
 *
 * A stream is a function of (seed, epoch, name) and nothing else: the same seed gives the same
 * initial weights and the same mini-batches to every method, and a run resumes at an epoch without
 * any saved state. Within an epoch a stream goes on where it was left, or where a saved one was.
 */
export class RandomStreams {
  readonly #seed: number;
  readonly #epoch: number;
  readonly #streams = new Map<StreamName, Stream>();

  /** @param epoch from 1; 0 is for what happens once a run */
  constructor(seed: number, epoch = 0) {
    this.#seed = seed;
    this.#epoch = epoch;
  }

  /** The stream, from where it was left. */
  stream(name: StreamName): () => number {
    let stream = this.#streams.get(name);
    if (!stream) {
      stream = this.fromStart(name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** The stream from its start, whatever was drawn before; what is drawn of it is not saved. */
  fromStart(name: StreamName): Stream {
    return seedrandom(`${this.#seed}/${name}/${this.#epoch}`, { state: true });
  }

  save(): StreamStates {
    return Object.fromEntries(
      [...this.#streams].map(([name, stream]) => [name, stream.state()]),
    );
  }

  /** From here on `stream` goes on where it was when the states were saved. */
  restore(states: StreamStates): void {
    this.#streams.clear();
    for (const [name, state] of Object.entries(states)) {
      this.#streams.set(name as StreamName, seedrandom("", { state }));
    }
  }
}
