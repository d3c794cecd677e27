import { setTimeout as delay } from "node:timers/promises";

/** The behaviour of a server of one file. Requests are numbered from 0. */
export interface FileServerOptions {
  readonly content: (request: number) => Uint8Array<ArrayBuffer>;
  /** An ETag or another header that identifies the file's version, if any. */
  readonly validator?: (request: number) => { name: string; value: string } | null;
  /** Number of bytes after which the connection breaks, if it does. */
  readonly breaks?: (request: number) => number | undefined;
  /** False if the server ignores ranges. */
  readonly ranges?: boolean;
}

/** Makes a server of one file that records the range of each request. */
export function fileServer({
  content,
  validator = () => ({ name: "etag", value: '"1"' }),
  breaks = () => undefined,
  ranges = true,
}: FileServerOptions) {
  const asked: (string | null)[] = [];
  const answer = (_path: string, request: Request) => {
    const number = asked.length;
    const range = request.headers.get("range");
    asked.push(range);
    const version = validator(number);
    const fits = ranges && range !== null && request.headers.get("if-range") === version?.value;
    const whole = content(number);
    const from = fits ? Number(/^bytes=(\d+)-$/.exec(range)![1]) : 0;
    const rest = whole.subarray(from);
    const headers = new Headers({ "content-length": String(rest.length) });
    if (version) headers.set(version.name, version.value);
    if (fits) headers.set("content-range", `bytes ${from}-${whole.length - 1}/${whole.length}`);
    return new Response(sent(rest, breaks(number)), { status: fits ? 206 : 200, headers });
  };
  return { asked, answer };
}

/** Makes a body that ends early, which breaks the connection. */
function sent(bytes: Uint8Array<ArrayBuffer>, breakAt?: number): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes.subarray(0, breakAt)),
    async pull(controller) {
      if (breakAt !== undefined) await delay(5); // lets the sent bytes arrive
      controller.close();
    },
  });
}
