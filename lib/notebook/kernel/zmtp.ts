import { Buffer } from "node:buffer";

/** A part of a ZMTP 3 connection that can be passed on alone. */
export interface ZmtpUnit {
  /** The bytes as they were read. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The frames of a message; none for a part of the greeting and for a command. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
}

/** Flags in a frame's first byte. */
const [MORE, LONG, COMMAND] = [1, 2, 4];

/** Length of a greeting in bytes. */
const GREETING = 64;

/**
 * Cuts one side of a ZMTP 3 connection into units that can be passed on or held back. The
 * connection must be unencrypted, like Jupyter's. Source: https://rfc.zeromq.org/spec/23/
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

/** Reads the first frame; null if the bytes do not hold all of it. */
function firstFrame(bytes: Buffer<ArrayBuffer>) {
  const flags = bytes[0];
  const start = flags & LONG ? 9 : 2;
  if (bytes.length < start) return null;
  const end = start + (flags & LONG ? Number(bytes.readBigUInt64BE(1)) : bytes[1]);
  return bytes.length < end ? null : { flags, end, body: bytes.subarray(start, end) };
}

/** Encodes a message for a ZMTP 3 connection. */
export function zmtpMessage(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Buffer.concat(frames.flatMap((frame, index) => {
    const head = Buffer.alloc(9);
    head[0] = LONG | (index < frames.length - 1 ? MORE : 0);
    head.writeBigUInt64BE(BigInt(frame.length), 1);
    return [head, frame];
  }));
}

/** A socket with one connection. Deno closes it when the other side does. */
export interface ZmtpSocket {
  /** The frames of each message that comes. */
  readonly messages: AsyncIterable<readonly Uint8Array[]>;
  send(frames: readonly Uint8Array[]): Promise<void>;
}

/** Connects a socket of the given type to a listening one. A SUB socket gets every message. */
export async function connectZmtp(
  address: Deno.ConnectOptions,
  type: "DEALER" | "SUB",
): Promise<ZmtpSocket> {
  const connection = await Deno.connect(address);
  const writer = connection.writable.getWriter();
  const send = (frames: readonly Uint8Array[]) => writer.write(zmtpMessage(frames));
  await writer.write(Buffer.concat([greeting(), readyCommand(type)]));
  if (type === "SUB") await send([Uint8Array.of(1)]);
  return { messages: messagesOf(connection), send };
}

async function* messagesOf({ readable }: Deno.TcpConn) {
  for await (const { frames } of zmtpUnits(readable)) {
    if (frames.length > 0) yield frames;
  }
}

/** Makes the greeting of ZMTP 3.0 without encryption. */
function greeting(): Uint8Array {
  const bytes = Buffer.alloc(GREETING);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
  bytes.write("NULL", 12);
  return bytes;
}

function readyCommand(type: string): Uint8Array {
  const [command, property] = ["READY", "Socket-Type"]
    .map((name) => Buffer.concat([Uint8Array.of(name.length), Buffer.from(name)]));
  const body = Buffer.concat([
    command,
    property,
    Uint8Array.of(0, 0, 0, type.length),
    Buffer.from(type),
  ]);
  return Buffer.concat([Uint8Array.of(COMMAND, body.length), body]);
}
