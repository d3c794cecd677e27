import { join } from "node:path";
import { filesUnder } from "./files_under.ts";

/** What `writeAtomically` calls an Arrow file or a manifest until it is whole. */
const LEFTOVER = /(\.arrow|(^|\/)manifest\.json)\.[0-9a-f]{8}\.tmp$/;

/**
 * Removes what killed processes had half written. The caller holds the folder's lock, so nobody is
 * writing such a file now.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  for await (const file of filesUnder(folder)) {
    if (LEFTOVER.test(file)) await Deno.remove(join(folder, file));
  }
}
