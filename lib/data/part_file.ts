import { dirname } from "node:path";
import { exists } from "./read_data_file.ts";
import { writeError } from "../files/write_atomically.ts";

/**
 * What has come of a download so far: a file beside the target, named like it with ".part". It
 * outlives the process, so that the next one can go on with it. A second file holds the server's name
 * for this version of the content, by which the server can tell whether the rest still fits.
 */
export class PartFile {
  readonly path: string;
  /** Whether the bytes came in several pieces, which might not fit together. */
  joined: boolean;
  readonly #file: Deno.FsFile;
  readonly #madeFolder: boolean;
  #length: number;
  #validator: string | null;

  private constructor(
    path: string,
    file: Deno.FsFile,
    madeFolder: boolean,
    length: number,
    validator: string | null,
  ) {
    this.path = path;
    this.joined = length > 0;
    this.#file = file;
    this.#madeFolder = madeFolder;
    this.#length = length;
    this.#validator = validator;
  }

  /**
   * Opens the part of a target and its folder, new or left by an earlier process, for this process
   * alone. While another one downloads the same target, it waits.
   *
   * @returns null if the other process has finished the target
   */
  static async open(target: string, onWait: () => void): Promise<PartFile | null> {
    const path = `${target}.part`;
    const folder = dirname(target);
    try {
      const madeFolder = !await exists(folder);
      for (;;) {
        await Deno.mkdir(folder, { recursive: true });
        const file = await Deno.open(path, { read: true, write: true, create: true });
        // The system releases the lock when its owner dies.
        if (!await file.tryLock(true)) {
          onWait();
          await file.lock(true);
        }
        const { size: length, ino } = await file.stat();
        if (await inodeOf(path) === ino) {
          const validator = await Deno.readTextFile(validatorFile(path)).catch(() => null);
          await file.seek(0, Deno.SeekMode.End);
          return new PartFile(path, file, madeFolder, length, validator);
        }
        // The owner of the lock put the file in its place meanwhile, or removed it.
        file.close();
        if (await exists(target)) return null;
      }
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** An ETag or a date by which the server knows what these bytes are of; null: start over. */
  get validator(): string | null {
    return this.#length > 0 ? this.#validator : null;
  }

  /** Drops what there is. */
  async startOver(validator: string | null): Promise<void> {
    await this.#write(async () => {
      await this.#file.truncate();
      await this.#file.seek(0, Deno.SeekMode.Start);
      if (validator !== null) await Deno.writeTextFile(validatorFile(this.path), validator);
      else await remove(validatorFile(this.path));
    });
    this.joined = false;
    this.#length = 0;
    this.#validator = validator;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#write(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    });
    this.#length += bytes.length;
  }

  /** Puts the file in its place. */
  async finish(target: string): Promise<void> {
    await this.#write(async () => {
      await this.#file.sync();
      await remove(validatorFile(this.path));
      await Deno.rename(this.path, target);
    });
    this.#file.close();
  }

  /** Gives up for now, and keeps nothing that is of no use. */
  async leave(): Promise<void> {
    if (this.validator === null) {
      await remove(validatorFile(this.path));
      await remove(this.path);
      // An empty folder would pass for one with data.
      if (this.#madeFolder) await remove(dirname(this.path));
    }
    this.#file.close();
  }

  async #write(action: () => Promise<void>): Promise<void> {
    await action().catch((error) => {
      throw writeError(this.path, error);
    });
  }
}

function validatorFile(path: string): string {
  return `${path}-validator`;
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

async function inodeOf(path: string): Promise<number | null> {
  return (await Deno.stat(path).catch(() => null))?.ino ?? null;
}
