import type { PartFile } from "./part_file.ts";

const PATIENCE = 60_000;

/** An answer that another try would not change. */
export class FinalAnswer extends Error {}

/**
 * Fetches the missing part of a file over one connection. Fetches the whole file unless the server
 * confirms that the file is the same and sends the rest.
 *
 * @param size size of the whole file in bytes; more is an error
 * @param patience milliseconds to wait for the next byte
 * @param onProgress receives the number of bytes so far
 * @throws FinalAnswer, or another error if a further try may succeed
 */
export async function fetchRest(
  { url, size, patience = PATIENCE }: {
    readonly url: string;
    readonly size: number;
    readonly patience?: number;
  },
  part: PartFile,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const headers = new Headers({ "accept-encoding": "identity" });
  if (part.validator !== null) {
    headers.set("range", `bytes=${part.length}-`);
    headers.set("if-range", part.validator);
  }
  const connection = new AbortController();
  const giveUp = () => connection.abort(new Error(`nothing came for ${patience / 1000} s`));
  let timer = setTimeout(giveUp, patience);
  try {
    const response = await fetch(url, { headers, signal: connection.signal });
    await prepare(part, response, size);
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      if (part.length + chunk.length > size) {
        await part.startOver(null);
        throw new FinalAnswer(`the server sends more than the ${size} bytes of the file`);
      }
      await part.append(chunk);
      onProgress(part.length);
    }
  } finally {
    clearTimeout(timer);
    connection.abort();
  }
  if (part.length < size) {
    throw new Error(`the connection ended after ${part.length} of ${size} bytes`);
  }
}

/** Prepares the part for the body of an answer. */
async function prepare(
  part: PartFile,
  { status, statusText, headers }: Response,
  size: number,
): Promise<void> {
  const isRest = headers.get("content-range")?.startsWith(`bytes ${part.length}-`);
  if (part.validator !== null && status === 206 && isRest) {
    part.joined = true;
  } else if (status === 200) {
    const length = headers.get("content-length");
    if (length !== null && Number(length) !== size) {
      throw new FinalAnswer(`the server offers ${length} bytes, but the file has ${size}`);
    }
    await part.startOver(validatorOf(headers));
  } else {
    const reason = `the server answered ${status} ${statusText}`;
    if (!isTemporary(status)) throw new FinalAnswer(reason);
    // The requested range does not exist, so the bytes so far belong to another file.
    if (status === 206 || status === 416) await part.startOver(null);
    throw new Error(reason);
  }
}

/** True for a range that does not fit, a timeout, too many requests, and errors of the server. */
function isTemporary(status: number): boolean {
  return [206, 408, 416, 429].includes(status) || status >= 500;
}

/** Finds the header that identifies this version of a file for certain. */
function validatorOf(headers: Headers): string | null {
  const tag = headers.get("etag");
  return tag !== null && !tag.startsWith("W/") ? tag : headers.get("last-modified");
}
