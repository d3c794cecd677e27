import { dirname } from "node:path";
import { md5 } from "./md5.ts";
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
export async function download({ url, md5: expected, file }: Download): Promise<void> {
  const byHand = `get it from ${url} by other means and put it in ${dirname(file)}`;
  const bytes = await fetchBytes(url).catch((error: Error) => {
    throw new UserError(
      `${file} is missing and cannot be downloaded (${error.message}); ${byHand}`,
      { cause: error },
    );
  });
  const actual = md5(bytes);
  if (actual !== expected) {
    throw new UserError(
      `the download of ${file} is damaged: its MD5 is ${actual}, not ${expected}; ` +
        `try again, or ${byHand}`,
    );
  }
  await writeAtomically(file, bytes);
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (response.ok) return await response.bytes();
  await response.body?.cancel();
  throw new Error(`the server answered ${response.status} ${response.statusText}`);
}
