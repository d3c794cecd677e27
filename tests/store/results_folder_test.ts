import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Columns, Row } from "../../lib/store/arrow_file.ts";
import { filesUnder } from "../../lib/store/files_under.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { notOnLinux, testUnless } from "../test_unless.ts";
import { problemsOf } from "./problems_of.ts";

const COLUMNS: Columns = { epoch: "int32", accuracy: "float64" };
const ROWS: Row[] = [{ epoch: 1, accuracy: 71.5 }, { epoch: 2, accuracy: NaN }];

/** Runs a test on a results folder that is removed afterwards. */
async function withFolder(test: (folder: ResultsFolder) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (path) => await test(await ResultsFolder.open(path)));
}

/** Reads all files by path, except the empty lock file. */
async function contents(folder: ResultsFolder): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const under of ["", "runs/"]) {
    for await (const { name, isFile } of Deno.readDir(join(folder.path, under))) {
      if (isFile && name !== ".lock") {
        files[under + name] = (await Deno.readFile(join(folder.path, under, name))).toBase64();
      }
    }
  }
  return files;
}

Deno.test("ResultsFolder reads what it wrote and leaves no other file behind", async () => {
  await withFolder(async (folder) => {
    await folder.write("runs/bss-seed1", COLUMNS, ROWS, { seed: "1" });
    await folder.write("table2", COLUMNS, [], {});
    assertEquals(await folder.read("runs/bss-seed1"), {
      columns: COLUMNS,
      rows: ROWS,
      metadata: { seed: "1" },
    });
    assertEquals((await folder.read("table2")).rows, []);
    assertEquals(await folder.names(), ["runs/bss-seed1", "table2"]);
    assertEquals(Object.keys(await contents(folder)).sort(), [
      "manifest.json",
      "runs/bss-seed1.arrow",
      "table2.arrow",
    ]);
    assertEquals(await problemsOf(folder), []);
  });
});

Deno.test("ResultsFolder writes rows, schema, size and SHA-256 into its manifest", async () => {
  await withFolder(async (folder) => {
    await folder.write("runs/a", COLUMNS, ROWS, {});
    const bytes = await Deno.readFile(join(folder.path, "runs/a.arrow"));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assertEquals(JSON.parse(await Deno.readTextFile(join(folder.path, "manifest.json"))), {
      files: {
        "runs/a.arrow": { rows: 2, schema: COLUMNS, bytes: bytes.length, sha256: hash },
      },
    });
  });
});

Deno.test("ResultsFolder replaces a result of the same name", async () => {
  await withFolder(async (folder) => {
    await folder.write("table2", COLUMNS, ROWS, {});
    await folder.write("table2", { method: "utf8" }, [{ method: "bss" }], {});
    assertEquals((await folder.read("table2")).rows, [{ method: "bss" }]);
    assertEquals(await problemsOf(folder), []);
    assert(!(await Deno.readTextFile(join(folder.path, "manifest.json"))).includes("previous"));
  });
});

Deno.test("ResultsFolder refuses names that lead out of the folder", async () => {
  await withFolder(async (folder) => {
    for (const name of ["../a", "/a", "a/../b", "a//b", "", "a b", ".lock", "a/.b", "a\\b"]) {
      await assertRejects(
        () => folder.write(name, COLUMNS, [], {}),
        UserError,
        "cannot be the name",
      );
    }
  });
});

Deno.test("ResultsFolder.open() refuses a folder that cannot be written", async () => {
  const file = await Deno.makeTempFile();
  await assertRejects(
    () => ResultsFolder.open(join(file, "results")),
    UserError,
    `the results folder ${join(file, "results")} cannot be written; choose another folder`,
  );
  assertEquals((await Deno.stat(file)).size, 0);
  await Deno.remove(file);
});

Deno.test("ResultsFolder.open() removes half-written files and nothing else", async () => {
  await withFolder(async (folder) => {
    await folder.write("runs/a", COLUMNS, ROWS, {});
    const before = await contents(folder);
    for (const name of ["runs/a.arrow.0123abcd.tmp", "manifest.json.89abcdef.tmp"]) {
      await Deno.writeTextFile(join(folder.path, name), "half");
    }
    await Deno.writeTextFile(join(folder.path, "notes.tmp"), "mine");
    await ResultsFolder.open(folder.path);
    assertEquals(await contents(folder), { ...before, "notes.tmp": btoa("mine") });
  });
});

Deno.test("ResultsFolder.open() removes old leftovers written without its lock, and unlisted() lists them", async () => {
  await withFolder(async ({ path }) => {
    const left = [
      "students/a.safetensors.0123abcd.tmp",
      "inputs/cifar10.json.0123abcd.tmp",
      "checkpoints/b/epoch-00001.safetensors.0123abcd.tmp",
      ".probe-5f0c",
      ".probe-5f0c.0123abcd.tmp",
    ];
    const mine = ["students/a.safetensors", "notes.json", "notes.0123abcd.tmp"];
    for (const folder of ["students", "inputs", "checkpoints/b", "checkpoints/empty"]) {
      await Deno.mkdir(join(path, folder), { recursive: true });
    }
    const there = () => Array.fromAsync(filesUnder(path)).then((files) => files.sort());
    for (const file of [...left, ...mine]) await Deno.writeTextFile(join(path, file), "half");
    const all = await there();

    // These are new: somebody may still be writing them.
    const folder = await ResultsFolder.open(path);
    assertEquals([await there(), await folder.unlisted()], [all, []]);

    for (const one of [...left, ...mine, "checkpoints/empty", "checkpoints/b"]) {
      await Deno.utime(join(path, one), 0, 0);
    }
    const found = await folder.unlisted();
    assertEquals(found.map(({ file }) => file).sort(), [...left, "checkpoints/empty"].sort());
    for (const { kind, message, file } of found) {
      assertEquals(kind, "unlisted");
      assertStringIncludes(message, join(path, file));
      assertStringIncludes(message, "the next `deno task reproduce` removes it");
    }
    await ResultsFolder.open(path);
    assertEquals(await there(), [".lock", ...mine].sort());
    const folders = await Array.fromAsync(Deno.readDir(join(path, "checkpoints")));
    assertEquals(folders.map(({ name }) => name), ["b"]);
  });
});

testUnless(
  notOnLinux,
  "ResultsFolder.open() refuses a folder in which paths would get too long",
  () =>
    withTemporaryFolder(async (path) => {
      const deep = join(path, ...Array<string>(40).fill("x".repeat(99))).slice(0, 4000);
      await assertRejects(() => ResultsFolder.open(deep), UserError, "cannot be written");
      await ResultsFolder.open(deep.slice(0, 3900));
    }),
);

Deno.test("ResultsFolder.open() leaves a results folder inside the folder alone", async () => {
  await withFolder(async (folder) => {
    const inner = await ResultsFolder.open(join(folder.path, "runs"));
    await inner.write("a", COLUMNS, ROWS, {});
    await Deno.writeTextFile(join(inner.path, "a.arrow.0123abcd.tmp"), "being written");
    const before = await contents(folder);
    await ResultsFolder.open(folder.path);
    assertEquals(await contents(folder), before);
  });
});

Deno.test("ResultsFolder.openToRead() names a missing folder, and does not make it", async () => {
  const path = join(Deno.cwd(), "no-such-results-folder");
  await assertRejects(
    () => ResultsFolder.openToRead(path),
    UserError,
    "there is no results folder",
  );
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("ResultsFolder.openToRead() treats a folder that may be missing as empty, but refuses a file", async () => {
  await withTemporaryFolder(async (path) => {
    const missing = join(path, "missing");
    const folder = await ResultsFolder.openToRead(missing, { mayBeMissing: true });
    assertEquals([...await folder.present()], []);
    assertEquals(await folder.readEach([]), []);
    assertEquals(await Array.fromAsync(Deno.readDir(path)), []);
    await Deno.writeTextFile(missing, "");
    await assertRejects(
      () => ResultsFolder.openToRead(missing, { mayBeMissing: true }),
      UserError,
      `there is no results folder ${missing}`,
    );
  });
});

Deno.test("ResultsFolder.openToRead() reads without leaving a lock file", async () => {
  await withFolder(async (folder) => {
    await folder.write("runs/a", COLUMNS, ROWS, {});
    await Deno.remove(join(folder.path, ".lock"));
    const reader = await ResultsFolder.openToRead(folder.path);
    assertEquals((await reader.read("runs/a")).rows, ROWS);
    assertEquals(await problemsOf(reader), []);
    await assertRejects(() => Deno.stat(join(folder.path, ".lock")), Deno.errors.NotFound);
  });
});

Deno.test("ResultsFolder stays as it was when a write fails", async () => {
  await withFolder(async (folder) => {
    await folder.write("runs/a", COLUMNS, ROWS, {});
    const before = await contents(folder);
    await assertRejects(
      () => folder.write("runs/a", COLUMNS, [{ epoch: 1.5, accuracy: 1 }], {}),
      UserError,
      "but must be int32",
    );
    await assertRejects(
      () => folder.write("runs/a.arrow/b", COLUMNS, ROWS, {}),
      UserError,
      "cannot write",
    );
    assertEquals(await contents(folder), before);
  });
});
