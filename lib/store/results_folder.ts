import { join } from "node:path";
import { asUserError } from "../as_user_error.ts";
import { sha256 } from "../files/sha256.ts";
import { UserError } from "../user_error.ts";
import {
  type ArrowContent,
  type Columns,
  decodeArrow,
  encodeArrow,
  type Row,
} from "./arrow_file.ts";
import { withFolderLock } from "./folder_lock.ts";
import { type Problem, unlistedFiles } from "./folder_problems.ts";
import { removeLeftovers } from "./files_under.ts";
import {
  type Manifest,
  type ManifestEntry,
  readManifest,
  resultFile,
  resultName,
  writeManifest,
} from "./manifest.ts";
import { readListedFile } from "./read_listed_file.ts";
import { isDiskFull, writeAtomically } from "../files/write_atomically.ts";

/**
 * A folder of Arrow files with a manifest of their sizes, schemas and hashes.
 *
 * Results have names such as "runs/cifar10-resnet8-bss-seed1", without an extension. A file counts
 * only once the manifest lists it. If a process is killed while writing, the result is missing or
 * still the old one, never half written. Several processes may write at once.
 */
export class ResultsFolder {
  private constructor(readonly path: string) {}

  /**
   * Opens a folder for writing. Makes it if it is missing, and removes what killed processes left.
   *
   * @throws UserError if the folder cannot be written, before hours of training
   */
  static async open(path: string): Promise<ResultsFolder> {
    await checkWritable(path);
    await withFolderLock(path, "change", () => removeLeftovers(path));
    return new ResultsFolder(path);
  }

  /**
   * Opens a folder for reading only.
   *
   * @param mayBeMissing treats a missing folder as empty
   * @throws UserError if it is not a folder
   */
  static async openToRead(path: string, { mayBeMissing = false } = {}): Promise<ResultsFolder> {
    const info = await Deno.stat(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw asUserError(error, path);
      return null;
    });
    if (!info?.isDirectory && !(info === null && mayBeMissing)) {
      throw new UserError(
        info
          ? `there is no results folder ${path}: it is a file; give another path`
          : `there is no results folder ${path}; \`deno task reproduce\` makes one`,
      );
    }
    return new ResultsFolder(path);
  }

  /**
   * Writes a result. Replaces one of the same name.
   *
   * @throws UserError if the rows do not fit the columns or the disk refuses; the old result is
   *   then still there
   */
  async write(
    name: string,
    columns: Columns,
    rows: readonly Row[],
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    const file = resultFile(name);
    const bytes = encodeArrow(columns, rows, metadata);
    const entry = {
      rows: rows.length,
      schema: columns,
      bytes: bytes.length,
      sha256: sha256(bytes),
    };
    await withFolderLock(
      this.path,
      "change",
      () => putListedFile(this.path, file, bytes, entry),
    );
  }

  /**
   * Reads a result and checks it against the manifest.
   *
   * @throws UserError if it is missing or damaged
   */
  async read(name: string): Promise<ArrowContent> {
    return await withFolderLock(
      this.path,
      "read",
      async () => await this.#readListed(name, await readManifest(this.path)),
    );
  }

  /**
   * Reads several results at once, in order. A missing or damaged result is returned as its error.
   */
  async readEach(names: readonly string[]): Promise<(ArrowContent | UserError)[]> {
    return await withFolderLock(this.path, "read", async () => {
      const manifest = await readManifest(this.path);
      return await Promise.all(names.map(async (name) => {
        try {
          return await this.#readListed(name, manifest);
        } catch (error) {
          if (error instanceof UserError) return error;
          throw error;
        }
      }));
    });
  }

  /**
   * True if a result is listed and its file exists. A damaged one counts as present: reading it
   * reports the fault. Once its file is deleted it counts as missing and is made again.
   */
  async has(name: string): Promise<boolean> {
    const file = resultFile(name);
    if (!Object.hasOwn(await readManifest(this.path), file)) return false;
    const info = await Deno.stat(join(this.path, file)).catch(() => null);
    return info !== null && info.isFile;
  }

  /** Lists the names of all results for which `has` is true. */
  async present(): Promise<ReadonlySet<string>> {
    const names = await this.names();
    const infos = await Promise.all(
      names.map((name) => Deno.stat(join(this.path, resultFile(name))).catch(() => null)),
    );
    return new Set(names.filter((_, index) => infos[index]?.isFile));
  }

  /** Lists the names of all results in the manifest, sorted. */
  async names(): Promise<string[]> {
    return Object.keys(await readManifest(this.path)).map((file) => resultName(file)!).sort();
  }

  /** Lists the files that nothing reads. @throws UserError for a damaged manifest */
  async unlisted(): Promise<Problem[]> {
    return await withFolderLock(this.path, "read", () => unlistedFiles(this.path));
  }

  async #readListed(name: string, manifest: Manifest): Promise<ArrowContent> {
    const file = resultFile(name);
    if (Object.hasOwn(manifest, file)) {
      return await readListedFile(this.path, file, manifest[file]);
    }
    throw new UserError(
      `${join(this.path, file)} is not there; \`deno task reproduce\` makes results`,
    );
  }
}

/**
 * Makes a folder if it is missing, then writes and removes a file in it. Only a write detects
 * read-only mounts, full disks and missing rights alike.
 *
 * @throws UserError naming the folder, the cause and the remedy if it cannot be written
 */
async function checkWritable(folder: string): Promise<void> {
  // As long as the names of results get: the system limits the length of paths.
  const probe = join(folder, `.probe-${crypto.randomUUID()}`.padEnd(130, "-"));
  try {
    await writeAtomically(probe, "can this folder be written?");
    await Deno.remove(probe);
  } catch (error) {
    // The system's own message, without the name of the probe file.
    const cause = ((error as Error).cause ?? error) as Error;
    const [reason] = isDiskFull(cause)
      ? ["the disk is full"]
      : cause.message.split(/ \(os error|, run again/);
    throw new UserError(
      `the results folder ${folder} cannot be written; choose another folder or make room there ` +
        `(${reason})`,
      { cause: error },
    );
  }
}

/**
 * Writes an Arrow file and its manifest entry in an order that survives a kill at any point. The
 * caller holds the folder's lock.
 *
 * @throws UserError if the disk refuses; the old file is then still there
 */
async function putListedFile(
  folder: string,
  file: string,
  bytes: Uint8Array,
  entry: ManifestEntry,
): Promise<void> {
  const before = await readManifest(folder);
  const after = { ...before, [file]: entry };
  const write = () => writeChecked(join(folder, file), bytes, entry.sha256);
  const previous = before[file];

  if (!previous) {
    // After a kill between the two, nobody reads the unlisted file; the next write replaces it.
    await write();
    await writeManifest(folder, after).catch(async (error) => {
      await Deno.remove(join(folder, file));
      throw error;
    });
    return;
  }
  // After a kill anywhere below, the file matches one of the two entries. So the last write, and
  // the one that undoes the first, only tidy up: they may fail.
  await writeManifest(folder, { ...before, [file]: { ...entry, previous } });
  await write().catch(async (error) => {
    await writeManifest(folder, before).catch(() => {});
    throw error;
  });
  await writeManifest(folder, after).catch(() => {});
}

async function writeChecked(path: string, bytes: Uint8Array, hash: string): Promise<void> {
  await writeAtomically(path, bytes, (written) => {
    if (sha256(written) !== hash) {
      throw new UserError(`${path}: the disk returned other bytes than were written`);
    }
    decodeArrow(written);
  });
}
