import { basename, dirname, join } from "node:path";
import { download } from "./download.ts";
import { md5 } from "./md5.ts";
import { exists, readDataFile } from "./read_data_file.ts";
import { unzip } from "./unzip.ts";
import { writeVerifiedRecord } from "./verified_record.ts";
import { UserError } from "../user_error.ts";

/** A .tar.gz or .zip that holds one folder, and the checksum that it should have. */
export interface Archive {
  readonly url: string;
  readonly md5: string;
}

/**
 * Makes the folder of a data set from its official archive, which is downloaded unless it already
 * lies beside the folder, and writes down what the files in it should be.
 *
 * @param folder named like the one in the archive
 * @throws UserError if the archive cannot be had, is not the official one, or cannot be unpacked
 */
export async function unpackArchive(
  { url, md5: expected }: Archive,
  folder: string,
): Promise<void> {
  const parent = dirname(folder);
  const file = join(parent, basename(new URL(url).pathname));
  await provideArchive(url, expected, file);
  // The folder appears whole or not at all: an interrupted run must not leave half a data set.
  const temporary = join(parent, `.unpacking-${crypto.randomUUID()}`);
  try {
    await Deno.mkdir(temporary);
    await (file.endsWith(".zip") ? unzip : runTar)(file, temporary);
    const unpacked = join(temporary, basename(folder));
    await writeVerifiedRecord(unpacked);
    await Deno.rename(unpacked, folder);
  } catch (error) {
    // Another process that did the same may have been first.
    if (!await exists(folder)) {
      throw new UserError(`cannot unpack ${file}: ${(error as Error).message}`, { cause: error });
    }
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
}

async function provideArchive(url: string, expected: string, file: string): Promise<void> {
  if (!await exists(file)) return await download({ url, md5: expected, file });
  const actual = md5(await readDataFile(file, `get it from ${url}`));
  if (actual === expected) return;
  throw new UserError(
    `${file} is not the official archive: its MD5 is ${actual}, not ${expected}; ` +
      `delete it to have it downloaded from ${url}, or put the right one there`,
  );
}

async function runTar(file: string, folder: string): Promise<void> {
  const tar = new Deno.Command("tar", { args: ["-xzf", file, "-C", folder] });
  const { success, stderr } = await tar.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
