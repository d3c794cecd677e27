import { dirname } from "node:path";
import { exists } from "../files/exists.ts";
import { writeError } from "../files/write_atomically.ts";
import { writeAll } from "../files/write_all.ts";

/**
 * The downloaded part of a file, in a file beside the target with ".part" added to its name. It
 * outlives the process, so that the next process can continue. A second file holds the server's
 * identifier of this version, so that the server can tell whether the rest still fits.
 */
export class PartFile {
  readonly path: string;
  /** True if the bytes came in several pieces, which might not fit together. */
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
   * Opens a target's part, new or left by an earlier process, for this process alone. Makes the
   * folder if it is missing. Waits while another process downloads the same target.
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
        // The lock's owner has finished or removed the file meanwhile.
        file.close();
        if (await exists(target)) return null;
      }
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /** Number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** An ETag or a date that identifies the version of these bytes; null: start over. */
  get validator(): string | null {
    return this.#length > 0 ? this.#validator : null;
  }

  /** Drops the bytes so far. */
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
    await this.#write(() => writeAll(this.#file, bytes));
    this.#length += bytes.length;
  }

  /** Moves the finished file to its target. */
  async finish(target: string): Promise<void> {
    await this.#write(async () => {
      await this.#file.sync();
      await remove(validatorFile(this.path));
      await Deno.rename(this.path, target);
    });
    this.#file.close();
  }

  /** Closes the part, and deletes it if no later download could continue it. */
  async leave(): Promise<void> {
    if (this.validator === null) {
      await remove(validatorFile(this.path));
      await remove(this.path);
      // An empty folder would look like one with data.
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
