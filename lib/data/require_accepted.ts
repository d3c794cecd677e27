import type { DataOptions } from "./data_source.ts";
import { UserError } from "../user_error.ts";

/**
 * @param remedy how to come by the official ones
 * @throws UserError unless the caller accepts files that cannot be told to be the official ones
 */
export function requireAccepted(
  folder: string,
  { acceptUnverified }: DataOptions,
  remedy = "Delete the folder to have those downloaded",
): void {
  if (acceptUnverified) return;
  throw new UserError(
    `the files in ${folder} cannot be told to be the official ones. ${remedy}, or accept these with ` +
      `--unverified-data; every result then says "unverified copy"`,
  );
}
