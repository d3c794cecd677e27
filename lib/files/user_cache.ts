import os from "node:os";
import { join } from "node:path";

/** Finds the user's cache folder. An empty variable counts as not set. */
export function userCache(): string {
  return Deno.env.get("XDG_CACHE_HOME") || Deno.env.get("LOCALAPPDATA") ||
    join(os.homedir(), ".cache");
}
