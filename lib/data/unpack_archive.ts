import { basename, dirname, join } from "node:path";
import { Unzip, UnzipInflate, unzipSync } from "fflate";
import { download, type RemoteFile } from "./download.ts";
import { md5OfFile } from "./md5.ts";
import { exists } from "./read_data_file.ts";
import { createMember, untar } from "./untar.ts";
import { writeVerifiedRecord } from "./verified_record.ts";
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
      throw new UserError(`cannot unpack ${file}: ${(error as Error).message}`, { cause: error });
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
      for (let at = 0; at < chunk.length;) at += created.writeSync(chunk.subarray(at));
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
