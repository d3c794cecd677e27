import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { download, type RemoteFile } from "../../lib/data/download.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

export const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

/** The content, with a single try. */
export const REMOTE = { md5: md5(CONTENT), size: CONTENT.length, pauses: [] };

export const QUIET = { terminal: false, write: () => {} };

export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Checks that a download fails with a reason and a remedy, and leaves the folder unchanged. */
export async function assertFails(url: string, why: string, remote: Partial<RemoteFile> = {}) {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "file.gz");
    await Deno.writeTextFile(file, "before");
    const { message } = await assertRejects(
      () => download({ ...REMOTE, ...remote, url }, file, QUIET),
      UserError,
      why,
    );
    for (const part of [file, `get it from ${url}`, `put it in ${folder}`]) {
      assertStringIncludes(message, part);
    }
    assertEquals(namesIn(folder), ["file.gz"]);
    assertEquals(await Deno.readTextFile(file), "before");
  });
}
