import { Buffer } from "node:buffer";

/** What one side of a ZMTP 3 connection says at a time. */
export interface ZmtpUnit {
  /** As it was read, to be passed on. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The frames of a message; none for a part of the greeting and for a command. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
}

/** Of a frame's first byte. */
const [MORE, LONG, COMMAND] = [1, 2, 4];

/** In bytes. */
const GREETING = 64;

/**
 * Cuts what one side of a ZMTP 3 connection says (without encryption, as Jupyter's is) into units that
 * can be passed on or held back. Source: https://rfc.zeromq.org/spec/23/
 */
export async function* zmtpUnits(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ZmtpUnit> {
  let greeting = GREETING;
  let unread = Buffer.alloc(0);
  let message = { bytes: Buffer.alloc(0), frames: [] as Buffer<ArrayBuffer>[] };
  for await (const chunk of chunks) {
    unread = Buffer.concat([unread, chunk]);
    if (greeting > 0) {
      const bytes = unread.subarray(0, greeting);
      greeting -= bytes.length;
      unread = unread.subarray(bytes.length);
      yield { bytes, frames: [] };
    }
    for (let frame = firstFrame(unread); frame; frame = firstFrame(unread)) {
      const { end, body, flags } = frame;
      const bytes = unread.subarray(0, end);
      unread = unread.subarray(end);
      if (flags & COMMAND) {
        yield { bytes, frames: [] };
        continue;
      }
      message.bytes = Buffer.concat([message.bytes, bytes]);
      message.frames.push(body);
      if (flags & MORE) continue;
      yield message;
      message = { bytes: Buffer.alloc(0), frames: [] };
    }
  }
}

/** The frame that these bytes begin with, or null if they do not hold all of it. */
function firstFrame(bytes: Buffer<ArrayBuffer>) {
  const flags = bytes[0];
  const start = flags & LONG ? 9 : 2;
  if (bytes.length < start) return null;
  const end = start + (flags & LONG ? Number(bytes.readBigUInt64BE(1)) : bytes[1]);
  return bytes.length < end ? null : { flags, end, body: bytes.subarray(start, end) };
}

/** A message as a ZMTP 3 connection has it. */
export function zmtpMessage(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Buffer.concat(frames.flatMap((frame, index) => {
    const head = Buffer.alloc(9);
    head[0] = LONG | (index < frames.length - 1 ? MORE : 0);
    head.writeBigUInt64BE(BigInt(frame.length), 1);
    return [head, frame];
  }));
}
