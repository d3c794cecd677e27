import os from "node:os";
import { join } from "node:path";

/**
 * The folder with data sets in their standard layouts: the option, else $BSS_DATA, else `bss-data` in
 * the user's cache folder. A variable that is set but empty counts as not set.
 */
export function dataFolder(option?: string): string {
  return option || Deno.env.get("BSS_DATA") || join(userCache(), "bss-data");
}

function userCache(): string {
  return Deno.env.get("XDG_CACHE_HOME") || Deno.env.get("LOCALAPPDATA") ||
    join(os.homedir(), ".cache");
}
