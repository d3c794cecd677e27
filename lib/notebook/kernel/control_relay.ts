import { Buffer } from "node:buffer";
import { createHmac, randomUUID } from "node:crypto";
import type { StopLine } from "../../stop/stop_line.ts";

/** What the relay stands between. */
export interface ControlRelay {
  /** Where Jupyter finds the kernel's control channel. */
  readonly listener: Deno.TcpListener;
  /** Where the kernel has it. */
  readonly kernel: Deno.ConnectOptions;
  /** That the kernel's messages are signed with. */
  readonly key: string;
  readonly line: StopLine;
}

/**
 * Passes on what Jupyter and a kernel say on the control channel, but an interrupt: the library is
 * asked to stop first. Only where it does not answer, because there is none or because JavaScript works
 * without a pause, is the kernel interrupted, which ends what it is at in the middle.
 */
export async function relayControl(relay: ControlRelay): Promise<never> {
  for await (const client of relay.listener) {
    // A client is hung up on when the kernel is, as it would be without the relay.
    relayConnection(client, relay).catch(() => {}).finally(() => hangUp(client));
  }
  throw new Error("the control channel was closed");
}

async function relayConnection(
  client: Deno.TcpConn,
  { kernel: address, key, line }: ControlRelay,
): Promise<void> {
  const kernel = await Deno.connect(address);
  const [toClient, toKernel] = [client, kernel].map(({ writable }) => writable.getWriter());
  const requests = async () => {
    for await (const { bytes, frames } of zmtpUnits(client.readable)) {
      const isInterrupt = messageHeader(frames)?.msg_type === "interrupt_request";
      if (isInterrupt && await line.stop()) {
        await toClient.write(zmtpMessage(okReply(frames, "interrupt_reply", key)));
        continue;
      }
      await toKernel.write(bytes);
      if (isInterrupt) await line.ended();
    }
  };
  const answers = async () => {
    for await (const { bytes } of zmtpUnits(kernel.readable)) await toClient.write(bytes);
  };
  try {
    await Promise.race([requests(), answers()]);
  } finally {
    hangUp(kernel);
  }
}

function hangUp(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It was closed already by the other side.
  }
}

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

/** Between the addresses of a message, of which there may be none, and its parts. */
const DELIMITER = "<IDS|MSG>";

/** What is read here of the header of a Jupyter message. */
interface MessageHeader {
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
}

/** The header of a Jupyter message, or null if these frames are none. */
export function messageHeader(frames: readonly Uint8Array[]): MessageHeader | null {
  const header = headerFrame(frames);
  return header ? JSON.parse(Buffer.from(header).toString()) : null;
}

/**
 * The answer "ok" to a request, signed.
 *
 * @param frames of the request
 * @param key from the connection file; with an empty one nothing is signed
 */
export function okReply(
  frames: readonly Uint8Array[],
  type: string,
  key: string,
): Uint8Array[] {
  const { session, username } = messageHeader(frames)!;
  const header = {
    ...{ msg_id: randomUUID(), msg_type: type, version: "5.3", session, username },
    date: new Date().toISOString(),
  };
  const [head, metadata, content] = [header, {}, { status: "ok" }]
    .map((part) => Buffer.from(JSON.stringify(part)));
  const parts = [head, headerFrame(frames)!, metadata, content];
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  const signature = key === "" ? "" : hmac.digest("hex");
  return [Buffer.from(DELIMITER), Buffer.from(signature), ...parts];
}

function headerFrame(frames: readonly Uint8Array[]): Uint8Array | undefined {
  const at = frames.findIndex((frame) => Buffer.from(frame).toString() === DELIMITER);
  return at < 0 ? undefined : frames[at + 2];
}
