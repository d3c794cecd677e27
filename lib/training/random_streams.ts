// Without this line, Deno may take the types of version 2, a dependency of tfjs.
// @ts-types="@types/seedrandom"
import seedrandom from "seedrandom";
import type { MethodStream } from "../distillation/method.ts";

/** The streams that a run draws from; draws from one stream never move another. */
type StreamName = "init" | "subset" | "validation" | "order" | "augmentation" | MethodStream;

/** The positions of all opened streams, as plain data for a checkpoint. */
export type StreamStates = Readonly<Partial<Record<StreamName, seedrandom.State.Arc4>>>;

type Stream = seedrandom.StatefulPRNG<seedrandom.State.Arc4>;

/**
 * Named streams of random numbers in [0, 1), split from one seed.
 *
 * A stream depends on (seed, epoch, name) only. So the same seed gives the same initial weights and, in
 * the same epoch of the last stage of training, the same mini-batches to every method; see `scheduleOf`
 * for the stages before it. A run resumes at an epoch without any saved state. Within an epoch a stream
 * continues where it was left, or from a saved position.
 */
export class RandomStreams {
  readonly #seed: number;
  readonly #epoch: number | string;
  readonly #streams = new Map<StreamName, Stream>();

  /** @param epoch from 1 on, or a name in a first stage; 0 is for draws that are made once per run */
  constructor(seed: number, epoch: number | string = 0) {
    this.#seed = seed;
    this.#epoch = epoch;
  }

  /** Gives the stream, which continues where it was left. */
  stream(name: StreamName): () => number {
    let stream = this.#streams.get(name);
    if (!stream) {
      stream = this.fromStart(name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Opens the stream at its start, whatever was drawn before; its position is not saved. */
  fromStart(name: StreamName): Stream {
    return seedrandom(`${this.#seed}/${name}/${this.#epoch}`, { state: true });
  }

  /** Copies the positions of all opened streams. */
  save(): StreamStates {
    return Object.fromEntries(
      [...this.#streams].map(([name, stream]) => [name, stream.state()]),
    );
  }

  /** Moves the streams to saved positions. */
  restore(states: StreamStates): void {
    this.#streams.clear();
    for (const [name, state] of Object.entries(states)) {
      this.#streams.set(name as StreamName, seedrandom("", { state }));
    }
  }
}
