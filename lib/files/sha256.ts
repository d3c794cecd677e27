import { createHash } from "node:crypto";

/** Computes the SHA-256 of bytes or UTF-8 text, as 64 hexadecimal digits. */
export function sha256(...parts: (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
