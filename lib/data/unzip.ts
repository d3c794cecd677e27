import { dirname, join } from "node:path";
import { unzipSync } from "fflate";

/**
 * Unpacks a zip file, whose content is trusted: its checksum was compared before.
 *
 * @throws Error if it is not a whole zip file
 */
export async function unzip(file: string, folder: string): Promise<void> {
  const folders = new Set<string>();
  for (const [path, bytes] of Object.entries(unzipSync(await Deno.readFile(file)))) {
    if (path.endsWith("/")) continue;
    const target = join(folder, path);
    const parent = dirname(target);
    if (!folders.has(parent)) await Deno.mkdir(parent, { recursive: true });
    folders.add(parent);
    await Deno.writeFile(target, bytes);
  }
}
