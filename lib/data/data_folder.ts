import { join } from "node:path";
import { userCache } from "../files/user_cache.ts";

/**
 * The folder with data sets in their standard layouts: the option, else $BSS_DATA, else `bss-data` in
 * the user's cache folder. A variable that is set but empty counts as not set.
 */
export function dataFolder(option?: string): string {
  return option || Deno.env.get("BSS_DATA") || join(userCache(), "bss-data");
}
