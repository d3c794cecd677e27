import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Columns } from "../../lib/store/arrow_file.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { noSmallDisk, withSmallDisk } from "../small_disk.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { problemsOf } from "./problems_of.ts";

const COLUMNS: Columns = { text: "utf8" };

function startWriter(...args: string[]): Deno.ChildProcess {
  const writer = fileURLToPath(new URL("./results_folder_writer.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--no-check", writer, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Resolves when a writer has printed that it is about to write. */
async function untilWriting({ stdout }: Deno.ChildProcess): Promise<void> {
  const reader = stdout.getReader();
  assert(!(await reader.read()).done, "the writer ended before it wrote");
  await reader.cancel();
}

Deno.test("ResultsFolder loses no entry when two writers in one process write at once", async () => {
  await withTemporaryFolder(async (path) => {
    const folders = await Promise.all([ResultsFolder.open(path), ResultsFolder.open(path)]);
    const names = Array.from({ length: 20 }, (_, index) => `runs/${index + 10}`);
    await Promise.all(
      names.map((name, index) => folders[index % 2].write(name, COLUMNS, [{ text: name }], {})),
    );
    assertEquals(await folders[0].names(), names);
    assertEquals(await problemsOf(folders[1]), []);
  });
});

Deno.test("ResultsFolder loses no entry when three processes write at once", async () => {
  await withTemporaryFolder(async (path) => {
    const names = ["a", "b", "c"].map((label) =>
      Array.from({ length: 10 }, (_, index) => `runs/${label}${index}`)
    );
    const writers = names.map((own) => startWriter(path, "same", ...own));
    for (const writer of writers) assert((await writer.output()).success);
    const folder = await ResultsFolder.openToRead(path);
    assertEquals(await folder.names(), [...names.flat(), "same"]);
    assertEquals(await problemsOf(folder), []);
  });
});

Deno.test("ResultsFolder can be read while it is overwritten, and after any kill -9", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    await folder.write("table", { epoch: "int32" }, [{ epoch: 0 }], { rows: "1" });
    for (const undisturbed of [0, 5, 11, 17, 24, 32]) { // ms
      const writer = startWriter(path, "--again", "table");
      await untilWriting(writer);
      for (let read = 0; read < 10; read++) {
        const { rows, metadata } = await folder.read("table");
        assertEquals(String(rows.length), metadata.rows);
      }
      await delay(undisturbed);
      writer.kill("SIGKILL");
      await writer.status;
      assertEquals((await problemsOf(folder)).filter(({ kind }) => kind === "damaged"), []);
    }
    await folder.write("table", COLUMNS, [], {});
    assertEquals((await folder.read("table")).rows, []);
  });
});

Deno.test({
  name: `ResultsFolder leaves everything as it was on a full disk${
    noSmallDisk && ` (${noSmallDisk})`
  }`,
  ignore: noSmallDisk !== "",
  fn: () =>
    withSmallDisk(64, async (path) => {
      const folder = await ResultsFolder.open(path);
      const write = (name: string, length: number) =>
        folder.write(name, COLUMNS, [{ text: "x".repeat(length) }], {});
      await write("runs/a", 1000);
      const manifest = await Deno.readTextFile(join(path, "manifest.json"));
      for (const name of ["runs/a", "runs/b"]) {
        await assertRejects(() => write(name, 100_000), UserError, "the disk is full");
        assertEquals(await Deno.readTextFile(join(path, "manifest.json")), manifest);
        assertEquals(await problemsOf(folder), []);
      }
      // Fills the disk to the last page, where even the manifest cannot be replaced.
      await Deno.writeFile(join(path, "filler"), new Uint8Array(100_000)).catch(() => {});
      await assertRejects(() => write("runs/a", 10), UserError, "the disk is full");
      await assertRejects(() => ResultsFolder.open(path), UserError, "the disk is full");
      assertEquals((await folder.read("runs/a")).rows[0].text, "x".repeat(1000));
    }),
});
