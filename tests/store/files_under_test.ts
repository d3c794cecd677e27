import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { leftovers, nestedFolders } from "../../lib/store/files_under.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("nestedFolders() finds folders by manifest or lock, but not a table's lock", () => {
  assertEquals(
    nestedFolders([
      ".lock",
      "manifest.json",
      "tables/.lock",
      "new/.lock",
      "new/tables/.lock",
      "old/manifest.json",
      "old/.lock",
    ]),
    ["new/", "old/"],
  );
});

Deno.test("leftovers() are a folder's own half-written files, not those of a new folder inside it", async () => {
  await withTemporaryFolder(async (folder) => {
    const half = "runs/bss.arrow.01234567.tmp";
    for (const path of [".lock", half, "new/.lock", `new/${half}`]) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, path), "");
    }
    assertEquals(await leftovers(folder), [half]);
  });
});
