import { join } from "node:path";
import { ownFiles } from "./nested_folders.ts";

/** What `writeAtomically` calls an Arrow file or a manifest until it is whole. */
export const LEFTOVER = /(\.arrow|(^|\/)manifest\.json)\.[0-9a-f]{8}\.tmp$/;

/**
 * Removes what killed processes had half written. The caller holds the folder's lock, so nobody is
 * writing such a file now.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const file of await ownFiles(folder)) {
    if (LEFTOVER.test(file)) await Deno.remove(join(folder, file));
  }
}
