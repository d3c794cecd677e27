import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { readStored } from "../../../lib/runs/results/stored_result.ts";
import { verifyResults } from "../../../lib/runs/results/verify_results.ts";
import { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

const WRITER = fileURLToPath(new URL("../../store/results_folder_writer.ts", import.meta.url));

Deno.test("readStored() and verifyResults() see whole results while other processes write", async () => {
  await withTemporaryFolder(async (path) => {
    const names = Array.from({ length: 40 }, (_, index) => `tables/t${index}`);
    const writers = [names.slice(0, 20), names.slice(20)].map((own) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", "--quiet", "--no-lock", WRITER, path, ...own],
        stdout: "null",
        stderr: "null",
      }).spawn()
    );
    const ends = Promise.all(writers.map(({ status }) => status));
    let isOver = false;
    void ends.then(() => isOver = true);
    const folder = await ResultsFolder.openToRead(path);
    const counts: number[] = [];
    do {
      const { names, damaged } = await readStored(folder);
      counts.push(names.length);
      assertEquals(damaged, []);
      assertEquals((await verifyResults(folder, [])).findings, []);
    } while (!isOver);
    assertEquals((await ends).map(({ success }) => success), [true, true]);
    assertEquals((await readStored(folder)).names.length, names.length);
    assertEquals(counts.some((count) => count > 0 && count < names.length), true, String(counts));
  });
});
