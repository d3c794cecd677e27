import { dirname, join } from "node:path";
import { readFolder } from "./read_data_file.ts";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

/**
 * Name of the record for files from a checked archive. It holds the SHA-256 of each file in the
 * data set's folder, and one for all files of each subfolder, by its path with slashes.
 */
const RECORD = "verified.json";

type Digests = Record<string, string>;

/** The files of a folder by name, in order of their names. */
type Files = ReadonlyMap<string, Uint8Array>;

/** Records the present files of a folder and its subfolders. */
export async function writeVerifiedRecord(folder: string): Promise<void> {
  const digests: Digests = {};
  const read = (path: string) => readFolder(join(folder, path), "unpack it again");
  for (const [name, bytes] of await read("")) digests[name] = sha256(bytes);
  for await (const path of foldersBelow(folder)) digests[path] = digestOf(await read(path));
  await writeAtomically(
    join(folder, RECORD),
    JSON.stringify(digests, null, 2) + "\n",
  );
}

/** The state of a data set's files when they were unpacked from a checked archive. */
export class VerifiedRecord {
  readonly #folder: string;
  readonly #digests: Digests;

  private constructor(folder: string, digests: Digests) {
    this.#folder = folder;
    this.#digests = digests;
  }

  /** Reads the record of a data set's folder; null if there is none. */
  static async read(folder: string): Promise<VerifiedRecord | null> {
    const digests = await readDigests(join(folder, RECORD));
    return digests && new VerifiedRecord(folder, digests);
  }

  /**
   * Checks a file or a subfolder. Content that differs is damaged, because it was verified once; it
   * must not count as an unverified copy.
   *
   * @param content the file's bytes, or the files of the subfolder
   * @throws UserError naming it if it differs from the record
   */
  check(name: string, content: Uint8Array | Files): void {
    const digest = content instanceof Uint8Array ? sha256(content) : digestOf(content);
    if (this.#digests[name] === digest) return;
    throw new UserError(
      `${
        join(this.#folder, name)
      } is damaged: it differs from the record ${RECORD} in ${this.#folder}; ` +
        `delete the folder ${this.#folder} to have it made again`,
    );
  }
}

function digestOf(files: Files): string {
  return sha256(...[...files].flatMap(([name, bytes]) => [`${name} ${bytes.length}\n`, bytes]));
}

/** Yields the paths of all subfolders, relative to the folder, with slashes. */
async function* foldersBelow(folder: string, path = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(folder, path))) {
    if (!isDirectory) continue;
    const below = path === "" ? name : `${path}/${name}`;
    yield below;
    yield* foldersBelow(folder, below);
  }
}

async function readDigests(file: string): Promise<Digests | null> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new UserError(
      `cannot read ${file} (${(error as Error).message}); ` +
        `delete the folder ${dirname(file)} to have it made again`,
      { cause: error },
    );
  }
}
