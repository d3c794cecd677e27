import { join } from "node:path";
import type { Dataset } from "./dataset.ts";
import { UserError } from "../user_error.ts";
import { userCache } from "../files/user_cache.ts";

/** Where to look for data, and what to accept. */
export interface DataOptions {
  /** The data folder; see `dataFolder`. */
  readonly dataFolder?: string;
  /** Accept files whose official checksums are not known; they must still be whole. */
  readonly acceptUnverified?: boolean;
}

/** A data set that can be loaded. Adding one takes a file and a line in `sources.ts`. */
export interface DataSource {
  readonly name: string;
  readonly title: string;
  /** @throws UserError naming the file, what is wrong with it and the remedy */
  load(options: DataOptions): Promise<Dataset>;
}

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

/**
 * The folder with data sets in their standard layouts: the option, else $BSS_DATA, else `bss-data` in
 * the user's cache folder. A variable that is set but empty counts as not set.
 */
export function dataFolder(option?: string): string {
  return option || Deno.env.get("BSS_DATA") || join(userCache(), "bss-data");
}
