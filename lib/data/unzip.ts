import { Unzip, UnzipInflate, unzipSync } from "fflate";
import { createMember } from "./create_member.ts";

/** How many bytes are decompressed at a time; they become up to a thousand times as many. */
const STEP = 1 << 12;

/**
 * Unpacks the files of a zip, member by member. A symbolic link comes out as a file that holds the
 * name of its target.
 *
 * @param limit how many bytes they may have together
 * @throws Error if it is not a whole zip file, holds more, or names a file outside the folder
 */
export async function unzip(file: string, folder: string, limit: number): Promise<void> {
  // Throws unless the list of members at the end is whole, which `Unzip` does not read.
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
