import { Buffer } from "node:buffer";
import { createHmac, randomUUID } from "node:crypto";

/** Between the addresses of a message, of which there may be none, and its parts. */
const DELIMITER = "<IDS|MSG>";

/** What is read here of the header of a Jupyter message. */
export interface MessageHeader {
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
