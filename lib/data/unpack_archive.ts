import { createReadStream } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { Unzip, UnzipInflate, unzipSync } from "fflate";
import { createTarDecoder } from "modern-tar";
import { asUserError } from "../as_user_error.ts";
import { download, type RemoteFile } from "./download.ts";
import { md5OfFile } from "./md5.ts";
import { writeVerifiedRecord } from "./verified_record.ts";
import { exists } from "../files/exists.ts";
import { writeAllSync } from "../files/write_all.ts";
import { UserError } from "../user_error.ts";

/** A .tar.gz or .zip that holds one folder. */
export interface Archive extends RemoteFile {
  /** The most bytes that the archive may hold uncompressed. */
  readonly unpackedSize: number;
}

/**
 * Makes a data set's folder from its official archive and records its files. Downloads the archive
 * unless it is already beside the folder.
 *
 * @param folder target folder, with the name of the one in the archive
 * @throws UserError if the archive cannot be downloaded, is not the official one, or cannot be
 *   unpacked
 */
export async function unpackArchive(archive: Archive, folder: string): Promise<void> {
  const parent = dirname(folder);
  const file = join(parent, basename(new URL(archive.url).pathname));
  await provideArchive(archive, file);
  // The folder appears whole or not at all: an interrupted run must not leave half a data set.
  const temporary = join(parent, `.unpacking-${crypto.randomUUID()}`);
  try {
    await Deno.mkdir(temporary);
    await (file.endsWith(".zip") ? unzip : untar)(file, temporary, archive.unpackedSize);
    const unpacked = join(temporary, basename(folder));
    await writeVerifiedRecord(unpacked);
    await Deno.rename(unpacked, folder);
  } catch (error) {
    // Another process may have made the folder meanwhile.
    if (!await exists(folder)) {
      const { message } = asUserError(error) as Error;
      throw new UserError(`cannot unpack ${file}: ${message}`, { cause: error });
    }
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
}

async function provideArchive(archive: RemoteFile, file: string): Promise<void> {
  if (!await exists(file)) return await download(archive, file);
  const actual = await md5OfFile(file);
  if (actual === archive.md5) return;
  throw new UserError(
    `${file} is not the official archive: its MD5 is ${actual}, not ${archive.md5}; ` +
      `delete it to have it downloaded from ${archive.url}, or put the right one there`,
  );
}

/**
 * Unpacks a .tar.gz, member by member.
 *
 * @param limit the most bytes that the archive may have uncompressed
 * @throws Error if the archive is not whole or exceeds the limit, or if a member is a link or a
 *   device or would lie outside the folder
 */
async function untar(file: string, folder: string, limit: number): Promise<void> {
  const members = ReadableStream.from(uncompressed(file, limit))
    .pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header: { name, type }, body } of members) {
    if (type !== "file" && type !== "directory") {
      throw new Error(
        `its member ${JSON.stringify(name)} is a link or a device (${type}), but only files and ` +
          "folders are allowed",
      );
    }
    using target = createMember(folder, type === "directory" ? `${name}/` : name);
    for await (const piece of body) if (target) writeAllSync(target, piece);
  }
}

async function* uncompressed(file: string, limit: number): AsyncGenerator<Uint8Array, void> {
  let left = limit;
  for await (const chunk of pipeline(createReadStream(file), createGunzip(), () => {})) {
    left -= chunk.length;
    if (left < 0) throw new Error(`it holds more than ${limit} bytes`);
    yield chunk;
  }
}

/** Compressed bytes to process at a time; they become up to a thousand times as many. */
const STEP = 1 << 12;

/**
 * Unpacks the files of a zip, member by member. A symbolic link becomes a file that holds the name
 * of its target.
 *
 * @param limit the most bytes that all files may have together
 * @throws Error if it is not a whole zip file, exceeds the limit, or names a file outside the
 *   folder
 */
async function unzip(file: string, folder: string, limit: number): Promise<void> {
  // Throws if the list of members at the end is damaged. `Unzip` does not read that list.
  unzipSync(await Deno.readFile(file), { filter: () => false });
  let left = limit;
  let target: Deno.FsFile | null = null;
  const zip = new Unzip((member) => {
    const created = target = createMember(folder, member.name);
    if (created === null) return;
    member.ondata = (error, chunk, isLast) => {
      if (error) throw error;
      left -= chunk.length;
      if (left < 0) throw new Error(`it holds more than ${limit} bytes`);
      writeAllSync(created, chunk);
      if (!isLast) return;
      created.close();
      target = null;
    };
    member.start();
  });
  zip.register(UnzipInflate);
  try {
    for await (const chunk of (await Deno.open(file)).readable) {
      for (let at = 0; at < chunk.length; at += STEP) zip.push(chunk.subarray(at, at + STEP));
    }
    zip.push(new Uint8Array(), true);
  } finally {
    (target as Deno.FsFile | null)?.close();
  }
}

/**
 * Creates a file of an archive and its parent folders.
 *
 * @param folder folder that the archive is unpacked into
 * @param name name of the member; the name of a folder ends with a slash
 * @returns null for a folder, which is made with its files
 * @throws Error if the member would lie outside the folder, or exists already
 */
function createMember(folder: string, name: string): Deno.FsFile | null {
  const parts = name.split(/[/\\]/);
  if (parts[0] === "" || /^[a-z]:/i.test(name) || parts.includes("..")) {
    throw new Error(`its member ${JSON.stringify(name)} would lie outside the folder`);
  }
  if (parts.at(-1) === "") return null;
  const path = join(folder, ...parts);
  Deno.mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { write: true, createNew: true });
}
