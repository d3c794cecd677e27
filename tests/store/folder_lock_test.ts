import { assertEquals } from "@std/assert";
import { withFolderLock } from "../../lib/store/folder_lock.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
Deno.test("withFolderLock() reads once more if the first writer comes while it reads without a lock", async () => {
  await withTemporaryFolder(async (folder) => {
    let times = 0;
    const read = async () => {
      if (++times === 1) {
        await withFolderLock(folder, "change", () => Promise.resolve());
        throw new Error("half written");
      }
      return times;
    };
    assertEquals(await withFolderLock(folder, "read", read), 2);
  });
});
