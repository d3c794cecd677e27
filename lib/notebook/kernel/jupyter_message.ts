import { Buffer } from "node:buffer";
import { createHmac, randomUUID } from "node:crypto";

/** The frame between a message's addresses, if any, and its parts. */
const DELIMITER = "<IDS|MSG>";

/** The fields of a Jupyter message's header that are used here. */
interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
}

/** A message that a kernel sent. */
export interface JupyterMessage {
  readonly type: string;
  /** The id of the request that it belongs to. */
  readonly request: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Reads the header of a Jupyter message; null for other frames. */
export function messageHeader(frames: readonly Uint8Array[]): MessageHeader | null {
  const header = partsOf(frames)?.[0];
  return header ? parsePart(header) : null;
}

/** Reads a Jupyter message; null for other frames. */
export function readMessage(frames: readonly Uint8Array[]): JupyterMessage | null {
  const parts = partsOf(frames);
  if (!parts) return null;
  const [header, parent, , content] = parts.slice(0, 4).map(parsePart);
  return {
    type: header.msg_type,
    request: parent.msg_id,
    content,
  };
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
  const header = { ...newHeader(type, session), username };
  return signed([toPart(header), partsOf(frames)![0], toPart({}), toPart({ status: "ok" })], key);
}

/** Makes a signed request to a kernel. Its answers name the id of it. */
export function request(
  type: string,
  content: unknown,
  { session, key }: { readonly session: string; readonly key: string },
): { id: string; frames: Uint8Array[] } {
  const header = newHeader(type, session);
  return { id: header.msg_id, frames: signed([header, {}, {}, content].map(toPart), key) };
}

function newHeader(type: string, session: string) {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    version: "5.3",
    session,
    username: "",
    date: new Date().toISOString(),
  };
}

function signed(parts: readonly Uint8Array[], key: string): Uint8Array[] {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  const signature = key === "" ? "" : hmac.digest("hex");
  return [Buffer.from(DELIMITER), Buffer.from(signature), ...parts];
}

/** Finds the parts of a message: header, parent's header, metadata and content. */
function partsOf(frames: readonly Uint8Array[]): readonly Uint8Array[] | null {
  const at = frames.findIndex((frame) => Buffer.from(frame).toString() === DELIMITER);
  return at < 0 ? null : frames.slice(at + 2);
}

function toPart(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

// deno-lint-ignore no-explicit-any
function parsePart(part: Uint8Array): any {
  return JSON.parse(Buffer.from(part).toString());
}
