import { Buffer } from "node:buffer";
import { createHmac, randomUUID } from "node:crypto";
import type { StopLine } from "../../stop/stop_line.ts";

/** The two sides of the relay. */
export interface ControlRelay {
  /** The control channel that Jupyter connects to. */
  readonly listener: Deno.TcpListener;
  /** Address of the kernel's own control channel. */
  readonly kernel: Deno.ConnectOptions;
  /** Key that signs the kernel's messages. */
  readonly key: string;
  readonly line: StopLine;
}

/**
 * Passes on the messages of Jupyter and a kernel on the control channel. An interrupt first asks
 * the library to stop. If the library does not answer, because it is not loaded or JavaScript runs
 * without a pause, the kernel gets the interrupt, which ends the running code at any place.
 */
export async function relayControl(relay: ControlRelay): Promise<never> {
  for await (const client of relay.listener) {
    // Closes the client's connection with the kernel's, as it would be without the relay.
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
    // The other side has closed it already.
  }
}

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

/** The frame between a message's addresses, if any, and its parts. */
const DELIMITER = "<IDS|MSG>";

/** The fields of a Jupyter message's header that are used here. */
interface MessageHeader {
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
}

/** Reads the header of a Jupyter message; null for other frames. */
export function messageHeader(frames: readonly Uint8Array[]): MessageHeader | null {
  const header = headerFrame(frames);
  return header ? JSON.parse(Buffer.from(header).toString()) : null;
}

/**
 * Makes the signed answer "ok" to a request.
 *
 * @param frames frames of the request
 * @param key key of the connection file; an empty key leaves the answer unsigned
 */
export function okReply(
  frames: readonly Uint8Array[],
  type: string,
  key: string,
): Uint8Array[] {
  const { session, username } = messageHeader(frames)!;
  const header = {
    msg_id: randomUUID(),
    msg_type: type,
    version: "5.3",
    session,
    username,
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
