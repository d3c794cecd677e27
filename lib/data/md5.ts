import { createHash } from "node:crypto";

/** MD5 of the bytes as 32 hexadecimal digits: the checksum that the makers of these data sets state. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
