import { join } from "node:path";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";
import { decodeArrow } from "./arrow_file.ts";
import { type ManifestEntry, readManifest, writeManifest } from "./manifest.ts";

/**
 * Writes an Arrow file and its entry in the manifest, in an order that can be cut anywhere. The
 * caller holds the folder's lock.
 *
 * @throws UserError when the disk refuses; what was there before is then still there
 */
export async function putListedFile(
  folder: string,
  file: string,
  bytes: Uint8Array,
  entry: ManifestEntry,
): Promise<void> {
  const before = await readManifest(folder);
  const after = { ...before, [file]: entry };
  const write = () => writeChecked(join(folder, file), bytes, entry.sha256);
  const previous = before[file];

  if (!previous) {
    // Cut between the two, the file is unlisted: nobody reads it and the next write replaces it.
    await write();
    await writeManifest(folder, after).catch(async (error) => {
      await Deno.remove(join(folder, file));
      throw error;
    });
    return;
  }
  // Cut anywhere from here on, the file is what one of the two entries says. So the last write,
  // and the one that takes the first back, only tidy up: it does no harm if they fail.
  await writeManifest(folder, { ...before, [file]: { ...entry, previous } });
  await write().catch(async (error) => {
    await writeManifest(folder, before).catch(() => {});
    throw error;
  });
  await writeManifest(folder, after).catch(() => {});
}

async function writeChecked(path: string, bytes: Uint8Array, hash: string): Promise<void> {
  await writeAtomically(path, bytes, (written) => {
    if (sha256(written) !== hash) {
      throw new UserError(`${path}: the disk gave back other bytes than it was given`);
    }
    decodeArrow(written);
  });
}
