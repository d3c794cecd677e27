import { join } from "node:path";
import type { Dataset } from "./dataset.ts";
import { UserError } from "../user_error.ts";
import { userCache } from "../files/user_cache.ts";

/** Options for loading a data set. */
export interface DataOptions {
  /** The data folder; see `dataFolder`. */
  readonly dataFolder?: string;
  /** Accept files that cannot be verified as the official ones; they must still be whole. */
  readonly acceptUnverified?: boolean;
}

/** A data set that can be loaded. To add one, write a file and a line in `load_dataset.ts`. */
export interface DataSource {
  readonly name: string;
  readonly title: string;
  /** @throws UserError naming the file, what is wrong with it and the remedy */
  load(options: DataOptions): Promise<Dataset>;
}

/** The remedy for files that are downloaded if they are not there. */
export const DOWNLOAD_REMEDY = "Delete the folder to download the official ones";

/**
 * Checks that the caller accepts files that cannot be verified.
 *
 * @param remedy the way to get the official files, for the error message
 * @throws UserError without `acceptUnverified`
 */
export function requireAccepted(
  folder: string,
  { acceptUnverified }: DataOptions,
  remedy: string,
): void {
  if (acceptUnverified) return;
  throw new UserError(
    `cannot verify that the files in ${folder} are the official ones. ${remedy}, or accept these ` +
      `with --unverified-data; every result then says "unverified copy"`,
  );
}

/**
 * Chooses the folder with data sets in their standard layouts: the option, else $BSS_DATA, else
 * `bss-data` in the user's cache folder. An empty variable counts as not set.
 */
export function dataFolder(option?: string): string {
  return option || Deno.env.get("BSS_DATA") || join(userCache(), "bss-data");
}
