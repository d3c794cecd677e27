import { join } from "node:path";
import { printable } from "../files/printable.ts";
import { asUserError } from "../as_user_error.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { isRecord } from "../is_record.ts";
import { UserError } from "../user_error.ts";
import type { Columns } from "./arrow_file.ts";

export const MANIFEST_FILE = "manifest.json";

/** The expected size, schema and hash of a result's file. */
export interface ManifestEntry {
  readonly rows: number;
  readonly schema: Columns;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /**
   * The old version's entry, only while the file is being overwritten. A process killed between the
   * two renames leaves a file that matches one of the two entries.
   */
  readonly previous?: ManifestEntry;
}

/** Entries by the file's path, relative to the folder, with "/" between its parts. */
export type Manifest = Readonly<Record<string, ManifestEntry>>;

/**
 * Reads the folder's manifest; an empty one if there is none.
 *
 * @throws UserError if the file is not one that {@linkcode writeManifest} writes
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_FILE);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw asUserError(error, path);
  }
  return filesOf(path, text);
}

/** Replaces the folder's manifest. Sorts the files by name. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const files = Object.fromEntries(
    Object.keys(manifest).sort().map((file) => [file, manifest[file]]),
  );
  const path = join(folder, MANIFEST_FILE);
  const text = JSON.stringify({ files }, null, 2) + "\n";
  await writeAtomically(
    path,
    text,
    (written) => filesOf(path, new TextDecoder().decode(written)),
  );
}

function filesOf(path: string, text: string): Manifest {
  let content: { files?: unknown } | null;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(path, `it is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(content?.files)) throw damaged(path, `it has no record "files"`);
  for (const [file, entry] of Object.entries(content.files)) {
    if (!isResultName(resultName(file) ?? "")) {
      throw damaged(
        path,
        `its entry ${JSON.stringify(file)} names no file of a result, such as "runs/a.arrow"`,
      );
    }
    if (!isEntry(entry)) {
      throw damaged(
        path,
        `its entry "${printable(file)}" lacks its rows, schema, bytes or SHA-256`,
      );
    }
  }
  return content.files as Manifest;
}

function isEntry(entry: unknown): boolean {
  return isRecord(entry) && Number.isInteger(entry.rows) && Number.isInteger(entry.bytes) &&
    isRecord(entry.schema) && /^[0-9a-f]{64}$/.test(String(entry.sha256)) &&
    (entry.previous === undefined || isEntry(entry.previous));
}

function damaged(path: string, what: string): UserError {
  return new UserError(
    `${path} is damaged: ${what}; put back the version you committed or backed up, or delete it ` +
      `and every result that it listed is made again`,
  );
}

const EXTENSION = ".arrow";

/** Names that are the same on every file system and stay inside the folder. */
const NAME = /^(?!.*\.\.)[\w+=@-][\w.+=@-]*(\/[\w+=@-][\w.+=@-]*)*$/;

/** True if a result may have that name. */
export function isResultName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Gives a result's file, relative to its folder: "runs/a.arrow" for "runs/a".
 *
 * @throws UserError if the name is not a relative path of plain parts
 */
export function resultFile(name: string): string {
  if (!isResultName(name)) {
    throw new UserError(
      `"${printable(name)}" cannot be the name of a result: it must be parts of letters, ` +
        `digits and _ . + = @ - with "/" between them, none starting with "." or holding ".."`,
    );
  }
  return name + EXTENSION;
}

/** Gives the name of the result in a file; `null` if it is not an Arrow file. */
export function resultName(file: string): string | null {
  return file.endsWith(EXTENSION) ? file.slice(0, -EXTENSION.length) : null;
}
