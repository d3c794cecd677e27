import { join } from "node:path";
import { asUserError } from "../as_user_error.ts";
import { sha256 } from "../files/sha256.ts";
import { UserError } from "../user_error.ts";
import { type ArrowContent, decodeArrow } from "./arrow_file.ts";
import type { ManifestEntry } from "./manifest.ts";

/**
 * Reads an Arrow file and checks it against its manifest entry. An Arrow reader alone notices
 * neither a flipped byte nor an empty file.
 *
 * @throws UserError naming the file, the fault and the remedy
 */
export async function readListedFile(
  folder: string,
  file: string,
  listed: ManifestEntry,
): Promise<ArrowContent> {
  const path = join(folder, file);
  const bytes = await readBytes(path);
  const hash = sha256(bytes);
  const entry = entryWithHash(listed, hash) ?? listed;
  if (bytes.length === 0) throw new UserError(`${path} is empty; ${REMEDY}`);
  if (bytes.length !== entry.bytes) {
    throw damaged(path, `it has ${bytes.length} bytes but the manifest says ${entry.bytes}`);
  }
  if (hash !== entry.sha256) {
    throw damaged(path, `its SHA-256 is ${hash} but the manifest says ${entry.sha256}`);
  }
  const content = decoded(path, bytes);
  const schema = JSON.stringify(content.columns);
  if (schema !== JSON.stringify(entry.schema)) {
    throw damaged(
      path,
      `its schema is ${schema} but the manifest says ${JSON.stringify(entry.schema)}`,
    );
  }
  if (content.rows.length !== entry.rows) {
    throw damaged(path, `it has ${content.rows.length} rows but the manifest says ${entry.rows}`);
  }
  return content;
}

const REMEDY = "delete that file and `deno task reproduce` makes it again";

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(
        `${path} is listed in manifest.json but missing; \`deno task reproduce\` makes it again`,
      );
    }
    throw asUserError(error, path);
  }
}

function decoded(path: string, bytes: Uint8Array): ArrowContent {
  try {
    return decodeArrow(bytes);
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
}

function entryWithHash(
  entry: ManifestEntry | undefined,
  hash: string,
): ManifestEntry | undefined {
  return entry === undefined || entry.sha256 === hash ? entry : entryWithHash(entry.previous, hash);
}

function damaged(path: string, what: string): UserError {
  return new UserError(`${path} is damaged: ${what}; ${REMEDY}`);
}
