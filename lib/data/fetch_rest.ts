import type { PartFile } from "./part_file.ts";

/** An answer that another try would get again. */
export class FinalAnswer extends Error {}

/**
 * Fetches what is missing of a file over one connection: the rest if the server has it and says that
 * the file is the same, else all of it.
 *
 * @param size of the whole file, in bytes
 * @param onProgress is told how many bytes there are
 * @throws FinalAnswer, or another error where a further try may go better
 */
export async function fetchRest(
  { url, size }: { readonly url: string; readonly size: number },
  part: PartFile,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const headers = new Headers({ "accept-encoding": "identity" });
  if (part.validator !== null) {
    headers.set("range", `bytes=${part.length}-`);
    headers.set("if-range", part.validator);
  }
  const response = await fetch(url, { headers });
  try {
    await prepare(part, response, size);
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
  for await (const chunk of response.body ?? []) {
    await part.append(chunk);
    onProgress(part.length);
  }
  if (part.length < size) {
    throw new Error(`the connection ended after ${part.length} of ${size} bytes`);
  }
}

/** Makes the part ready for the body of an answer. */
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
    // What was asked for is not there, so what came before is of another file.
    if (status === 206 || status === 416) await part.startOver(null);
    throw new Error(reason);
  }
}

/** Answers to a range that does not fit, a timeout, too many requests, failures of the server. */
function isTemporary(status: number): boolean {
  return [206, 408, 416, 429].includes(status) || status >= 500;
}

/** By what the server knows this version of a file, if it does for certain. */
function validatorOf(headers: Headers): string | null {
  const tag = headers.get("etag");
  return tag !== null && !tag.startsWith("W/") ? tag : headers.get("last-modified");
}
