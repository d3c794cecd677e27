import { join } from "node:path";
import { describeDifference, type RunSpecification } from "./run_specification.ts";
import type { Environment } from "./environment.ts";
import type { EpochRow, EpochSums } from "./epoch_row.ts";
import type { StreamStates } from "./random_streams.ts";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../nn/safetensors.ts";
import { UserError } from "../user_error.ts";

/** A run between two epochs, or between two mini-batches of one. */
export interface Checkpoint {
  /** Epochs done */
  readonly epoch: number;
  readonly rows: readonly EpochRow[];
  /** The sums of the next epoch, if the run was stopped in it */
  readonly partial?: PartialEpoch;
  /** Weights, running statistics, momentum and the method's own variables, by name */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** An epoch that was stopped between two of its mini-batches. */
interface PartialEpoch {
  readonly streams: StreamStates;
  readonly sums: EpochSums;
}

/** The number of checkpoints kept: with two, a damaged one costs an epoch and not the run. */
const KEPT = 2;

/**
 * The checkpoints of one run, each a safetensors file. The names sort by age: `epoch-00003` after the
 * third epoch, `epoch-00004-step-00000120` within the fourth.
 */
export class CheckpointFolder {
  readonly #path: string;
  readonly #specification: RunSpecification;
  readonly #environment: Environment;
  readonly #source: string;

  /** @param source the hash of the code, as `sourceHash` gives it */
  constructor(
    path: string,
    specification: RunSpecification,
    environment: Environment,
    source: string,
  ) {
    this.#path = path;
    this.#source = source;
    this.#specification = specification;
    this.#environment = environment;
  }

  /** Finds the newest checkpoint, for messages; null if there is none. */
  async newest(): Promise<string | null> {
    return (await this.#files()).at(-1) ?? null;
  }

  /**
   * Writes a checkpoint, and deletes all but the newest ones. Those of later epochs were damaged, since
   * the run would have gone on from them.
   */
  async save({ tensors, ...position }: Checkpoint): Promise<void> {
    const content = JSON.stringify({
      ...position,
      specification: this.#specification,
      environment: this.#environment,
      source: this.#source,
    });
    const bytes = encodeSafetensors({
      tensors: new Map(tensors),
      metadata: { content, sha256: fingerprint(content, tensors) },
    });
    const file = join(this.#path, fileName(position));
    await writeAtomically(file, bytes, (written) => void decode(written, file));
    const files = await this.#files();
    const kept = files.slice(0, files.indexOf(file) + 1).slice(-KEPT);
    for (const other of files) {
      if (!kept.includes(other)) await Deno.remove(other, { recursive: true });
    }
  }

  /**
   * Reads the newest undamaged checkpoint; null if there is none.
   *
   * @param report gets a message for each damaged checkpoint, and one if the code has changed since
   * @throws UserError if it belongs to another specification or environment, listing the differences
   */
  async load(report: (message: string) => void): Promise<Checkpoint | null> {
    const files = (await this.#files()).reverse();
    for (const [index, file] of files.entries()) {
      let decoded;
      try {
        decoded = decode(await Deno.readFile(file), file);
      } catch (error) {
        const why = error instanceof UserError
          ? error.message
          : `${file} cannot be read (${error})`;
        const then = index === files.length - 1
          ? "there is none before it, so the run starts over"
          : "falling back to the checkpoint before it";
        report(`${why}; ${then}`);
        continue;
      }
      const { content: { specification, environment, source, ...position }, tensors } = decoded;
      const differences = [
        ...describeDifference(specification, this.#specification),
        ...describeDifference(
          { arithmetic: this.#environment.arithmetic, ...environment },
          this.#environment,
        ),
      ];
      if (differences.length > 0) {
        throw new UserError(
          `${file} belongs to another run (checkpoint → now):\n  ${differences.join("\n  ")}\n` +
            `Resume with the checkpoint's settings, or delete ${this.#path} to start over.`,
        );
      }
      // Older versions did not record it.
      if (source !== undefined && source !== this.#source) {
        report(
          `the code in lib/ or experiments/ has changed since ${file}; if that changes the training, ` +
            `stop, and delete ${this.#path} to start over`,
        );
      }
      return { ...position, tensors };
    }
    return null;
  }

  /** Lists the checkpoints, oldest first. */
  async #files(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.#path)) {
        if (/^epoch-\d+(-step-\d+)?\.safetensors$/.test(name)) names.push(name);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return names.sort().map((name) => join(this.#path, name));
  }
}

function fileName({ epoch, partial }: Position): string {
  const padded = (count: number, digits: number) => String(count).padStart(digits, "0");
  return partial
    ? `epoch-${padded(epoch + 1, 5)}-step-${padded(partial.sums.steps, 8)}.safetensors`
    : `epoch-${padded(epoch, 5)}.safetensors`;
}

type Position = Omit<Checkpoint, "tensors">;

interface Content extends Position {
  readonly specification: RunSpecification;
  readonly environment: Environment;
  readonly source?: string;
}

/**
 * Reads a checkpoint from its bytes.
 *
 * @throws UserError if the file is damaged
 */
function decode(
  bytes: Uint8Array,
  file: string,
): { content: Content; tensors: Map<string, StoredTensor> } {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  if (metadata.sha256 !== fingerprint(metadata.content, tensors)) {
    throw new UserError(`${file} is damaged: its content does not match its checksum`);
  }
  return { content: JSON.parse(metadata.content), tensors };
}

/** Computes the checksum of a checkpoint's content and tensors. */
function fingerprint(content: string, tensors: ReadonlyMap<string, StoredTensor>): string {
  return sha256(
    content,
    ...[...tensors].flatMap(([name, { dtype, shape, data }]) => [
      // Older versions left out the type, which was always F32.
      `${dtype === "F32" ? "" : `${dtype} `}${name} [${shape}]`,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ]),
  );
}
