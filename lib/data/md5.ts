import { createHash } from "node:crypto";
import { asUserError } from "../as_user_error.ts";
import { UserError } from "../user_error.ts";

/** Computes the MD5 as 32 hexadecimal digits, the checksum that the makers of these data sets publish. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/**
 * Computes the MD5 of a file, which may be larger than memory.
 *
 * @throws UserError if the file cannot be read
 */
export async function md5OfFile(file: string): Promise<string> {
  const hash = createHash("md5");
  try {
    const { readable } = await Deno.open(file);
    for await (const chunk of readable) hash.update(chunk);
  } catch (error) {
    const { message } = asUserError(error) as Error;
    throw new UserError(`cannot read ${file}: ${message}`, { cause: error });
  }
  return hash.digest("hex");
}
