import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { deleteOldCaches, teacherCacheFolder } from "../../../lib/training/teacher_cache/folder.ts";
import { batchOf, smallKey, withCache } from "./small_teacher_cache.ts";
import { withEnvironment } from "../../with_environment.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

/** Makes three caches of 64 KiB, named after the year of their last use. */
async function withThree(test: (folder: string, left: () => string[]) => void | Promise<void>) {
  await withTemporaryFolder(async (folder) => {
    for (const year of ["2021", "2020", "2022"]) {
      const path = join(folder, `${year}.logits`);
      Deno.writeFileSync(path, new Uint8Array(2 ** 16).fill(1));
      Deno.utimeSync(path, new Date(year), new Date(year));
    }
    await test(folder, () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort());
  });
}

Deno.test("teacherCacheFolder() takes $BSS_TEACHER_LOGITS before the user's cache", async () => {
  await withEnvironment({ BSS_TEACHER_LOGITS: "/from/variable" }, () => {
    assertEquals(teacherCacheFolder(), "/from/variable");
  });
  await withEnvironment({ BSS_TEACHER_LOGITS: "", XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(teacherCacheFolder(), join("/cache", "bss-teacher-logits"));
  });
});

Deno.test("deleteOldCaches() deletes the least recently used until the rest fits", async () => {
  await withThree((folder, left) => {
    deleteOldCaches(folder, "none", 3 * 2 ** 16);
    assertEquals(left(), ["2020.logits", "2021.logits", "2022.logits"]);
    deleteOldCaches(folder, "none", 2 * 2 ** 16);
    assertEquals(left(), ["2021.logits", "2022.logits"]);
  });
});

Deno.test("deleteOldCaches() neither counts nor deletes the cache in use, and deletes no other files", async () => {
  await withThree((folder, left) => {
    Deno.writeTextFileSync(join(folder, "thesis.txt"), "…");
    deleteOldCaches(folder, join(folder, "2020.logits"), 2 * 2 ** 16);
    assertEquals(left().length, 4);
    deleteOldCaches(folder, join(folder, "2020.logits"), 0);
    assertEquals(left(), ["2020.logits", "thesis.txt"]);
  });
});

Deno.test("TeacherLogitCache counts as used when it opens, and deletes caches that no longer fit", async () => {
  await withThree(async (folder, left) => {
    const entries = batchOf(3, 4);
    await withCache(folder, {}, (cache) => cache.store(entries.numbers, entries.logits));
    const [own] = left().filter((name) => !name.startsWith("20"));
    Deno.utimeSync(join(folder, own), new Date("2019"), new Date("2019"));
    await withCache(folder, { mebibytes: 2 / 16 }, (cache) => {
      assertEquals(cache.read(entries.numbers)?.length, 8);
    });
    assertEquals(left(), ["2021.logits", "2022.logits", own]);
    await withCache(folder, { key: { ...smallKey, backend: "cpu" }, mebibytes: 2 / 16 }, () => {});
    assertEquals(left().includes("2021.logits"), false);
    assertEquals(left().includes(own), true);
  });
});
