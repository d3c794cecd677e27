import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

/** A file to fetch, and the checksum that its makers state. */
export interface Download {
  readonly url: string;
  readonly md5: string;
  /** Where it is to lie. */
  readonly file: string;
}

/**
 * Downloads a file, checks it, and only then puts it in its place.
 *
 * @throws UserError naming the file, the URL and where to put it by hand
 */
export async function download({ url, md5, file }: Download): Promise<void> {
  const byHand = `get it from ${url} by other means and put it in ${dirname(file)}`;
  let bytes: Uint8Array;
  try {
    const response = await fetch(url);
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status}`);
    }
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new UserError(
      `${file} is missing and cannot be downloaded (${(error as Error).message}); ${byHand}`,
      { cause: error },
    );
  }
  const actual = createHash("md5").update(bytes).digest("hex");
  if (actual !== md5) {
    throw new UserError(
      `the download of ${file} is damaged: its MD5 is ${actual}, not ${md5}; try again, or ${byHand}`,
    );
  }
  await writeAtomically(file, bytes);
}
