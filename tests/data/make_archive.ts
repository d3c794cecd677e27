import { join } from "node:path";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Makes a .tar.gz of a folder with files, with the system's tar. */
export async function makeArchive(
  folderName: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<Uint8Array<ArrayBuffer>> {
  let archive = new Uint8Array();
  await withTemporaryFolder(async (parent) => {
    await Deno.mkdir(join(parent, folderName));
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(parent, folderName, name), bytes);
    }
    const tar = new Deno.Command("tar", { args: ["-czf", "-", "-C", parent, folderName] });
    archive = (await tar.output()).stdout;
  });
  return archive;
}
