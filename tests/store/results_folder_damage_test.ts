import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { sha256 } from "../../lib/files/sha256.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { problemsOf } from "./problems_of.ts";

const NAME = "runs/bss-seed1";

/** Runs a test on a damaged folder with one result. */
async function withDamage(
  damage: (file: string, manifest: string) => Promise<void>,
  test: (folder: ResultsFolder, file: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    await folder.write(NAME, { epoch: "int32" }, [{ epoch: 1 }, { epoch: 2 }], {});
    const file = join(path, `${NAME}.arrow`);
    await damage(file, join(path, "manifest.json"));
    await test(folder, file);
  });
}

/** Checks that `read` and `readEach` report the same fault. */
async function assertDamaged(folder: ResultsFolder, message: RegExp): Promise<void> {
  const error = await assertRejects(() => folder.read(NAME), UserError);
  assertMatch(error.message, message);
  assertEquals(await problemsOf(folder), [
    { file: `${NAME}.arrow`, kind: "damaged", message: error.message },
  ]);
}

async function changeManifest(path: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace(from, to));
}

Deno.test("ResultsFolder notices any flipped byte", async () => {
  const flip = async (file: string) => {
    const bytes = await Deno.readFile(file);
    bytes[bytes.length >> 1] ^= 1;
    await Deno.writeFile(file, bytes);
  };
  await withDamage(flip, async (folder, file) => {
    await assertDamaged(
      folder,
      /runs\/bss-seed1\.arrow is damaged: its SHA-256 is [0-9a-f]{64} but the manifest says [0-9a-f]{64}; delete that file and `deno task reproduce` makes it again/,
    );
    assertEquals(await folder.has(NAME), true);
    await Deno.remove(file);
    assertEquals(await folder.has(NAME), false);
  });
});

Deno.test("ResultsFolder notices an empty file", async () => {
  await withDamage((file) => Deno.truncate(file), async (folder) => {
    await assertDamaged(folder, /runs\/bss-seed1\.arrow is empty; delete that file/);
  });
});

Deno.test("ResultsFolder notices a truncated file", async () => {
  await withDamage((file) => Deno.truncate(file, 100), async (folder) => {
    await assertDamaged(folder, /is damaged: it has 100 bytes but the manifest says \d+; delete/);
  });
});

Deno.test("ResultsFolder notices a missing file, and makes the result again", async () => {
  await withDamage((file) => Deno.remove(file), async (folder) => {
    await assertDamaged(folder, /is listed in manifest\.json but missing; `deno task reproduce`/);
    assertEquals(await folder.has(NAME), false);
    await folder.write(NAME, { epoch: "int32" }, [], {});
    assertEquals(await problemsOf(folder), []);
  });
});

Deno.test("ResultsFolder notices rows and columns other than the manifest's", async () => {
  await withDamage(
    (_, manifest) => changeManifest(manifest, '"rows": 2', '"rows": 3'),
    (folder) => assertDamaged(folder, /is damaged: it has 2 rows but the manifest says 3/),
  );
  await withDamage(
    (_, manifest) => changeManifest(manifest, '"epoch": "int32"', '"epoch": "utf8"'),
    (folder) => assertDamaged(folder, /its schema is .*int32.* but the manifest says .*utf8/),
  );
});

Deno.test("ResultsFolder notices a file that matches the manifest but is no Arrow file", async () => {
  const forge = async (file: string, manifest: string) => {
    const bytes = new Uint8Array(100);
    await Deno.writeFile(file, bytes);
    const listed = { rows: 2, schema: { epoch: "int32" }, bytes: 100, sha256: sha256(bytes) };
    const files = { [`${NAME}.arrow`]: listed };
    await Deno.writeTextFile(manifest, JSON.stringify({ files }));
  };
  await withDamage(
    forge,
    (folder) => assertDamaged(folder, /seed1\.arrow is damaged: not a whole/),
  );
});

Deno.test("ResultsFolder neither uses nor overwrites a damaged manifest", async () => {
  const damages: [string, RegExp][] = [
    ['{"files": {', /manifest\.json is damaged: it is not JSON/],
    ["", /manifest\.json is damaged: it is not JSON/],
    ["null", /manifest\.json is damaged: it has no record "files"/],
    ['{"files": []}', /manifest\.json is damaged: it has no record "files"/],
    ['{"files": {"a.arrow": {"rows": 1}}}', /its entry "a\.arrow" lacks its rows, schema/],
    ['{"files": {"../a.arrow": {}}}', /its entry "\.\.\/a\.arrow" names no file of a result/],
    ['{"files": {"runs/a b.arrow": {}}}', /its entry "runs\/a b\.arrow" names no file of a result/],
    ['{"files": {"/etc/passwd": {}}}', /its entry "\/etc\/passwd" names no file of a result/],
  ];
  for (const [text, message] of damages) {
    await withDamage((_, manifest) => Deno.writeTextFile(manifest, text), async (folder) => {
      const uses = [
        () => folder.read(NAME),
        () => folder.has(NAME),
        () => folder.names(),
        () => folder.unlisted(),
        () => folder.write(NAME, { epoch: "int32" }, [], {}),
      ];
      for (const use of uses) assertMatch((await assertRejects(use, UserError)).message, message);
      assertEquals(await Deno.readTextFile(join(folder.path, "manifest.json")), text);
    });
  }
});

Deno.test("ResultsFolder ignores an unlisted file and overwrites it", async () => {
  await withDamage((_, manifest) => Deno.remove(manifest), async (folder) => {
    assertEquals(await folder.has(NAME), false);
    assertEquals(await folder.names(), []);
    await assertRejects(() => folder.read(NAME), UserError, "is not there");
    assertEquals((await problemsOf(folder)).map(({ file, kind }) => [file, kind]), [
      [`${NAME}.arrow`, "unlisted"],
    ]);
    const [{ message }] = await problemsOf(folder);
    assertStringIncludes(message, "because manifest.json is missing; put that file back");
    await folder.write(NAME, { epoch: "int32" }, [], {});
    assertEquals(await problemsOf(folder), []);
  });
});

Deno.test("ResultsFolder reads the old or the new file after an interrupted overwrite", async () => {
  await withDamage(() => Promise.resolve(), async (folder, file) => {
    const manifest = join(folder.path, "manifest.json");
    const entry = async () => JSON.parse(await Deno.readTextFile(manifest)).files[`${NAME}.arrow`];
    const previous = await entry();
    const oldFile = await Deno.readFile(file);
    await folder.write(NAME, { epoch: "int32" }, [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }], {});
    const cut = { files: { [`${NAME}.arrow`]: { ...await entry(), previous } } };
    const newFile = await Deno.readFile(file);

    for (const [bytes, rows] of [[oldFile, 2], [newFile, 3]] as const) {
      await Deno.writeTextFile(manifest, JSON.stringify(cut));
      await Deno.writeFile(file, bytes);
      assertEquals((await folder.read(NAME)).rows.length, rows);
      assertEquals(await problemsOf(folder), []);
      await folder.write(NAME, { epoch: "int32" }, [], {});
      assertEquals(await problemsOf(folder), []);
      assertEquals((await entry()).previous, undefined);
    }
  });
});
