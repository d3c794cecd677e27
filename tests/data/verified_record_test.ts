import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { readFolder } from "../../lib/data/read_data_file.ts";
import { VerifiedRecord, writeVerifiedRecord } from "../../lib/data/verified_record.ts";
import { sha256 } from "../../lib/files/sha256.ts";
import { UserError } from "../../lib/user_error.ts";

const [A, B] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
const BELOW = "train/cats";

async function withRecord(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await Deno.mkdir(join(folder, BELOW), { recursive: true });
    for (const [name, bytes] of [["a.bin", A], ["b.bin", B]] as const) {
      await Deno.writeFile(join(folder, name), bytes);
      await Deno.writeFile(join(folder, BELOW, name), bytes);
    }
    await writeVerifiedRecord(folder);
    await test(folder);
  });
}

const filesBelow = (folder: string) => readFolder(join(folder, BELOW), "");

Deno.test("writeVerifiedRecord() writes the SHA-256 of each file and of each subfolder", async () => {
  await withRecord(async (folder) => {
    const record = JSON.parse(await Deno.readTextFile(join(folder, "verified.json")));
    assertEquals(record, {
      "a.bin": sha256(A),
      "b.bin": sha256(B),
      train: sha256(),
      [BELOW]: sha256("a.bin 3\n", A, "b.bin 1\n", B),
    });
  });
});

Deno.test("VerifiedRecord accepts unchanged files and folders", async () => {
  await withRecord(async (folder) => {
    const record = (await VerifiedRecord.read(folder))!;
    record.check("a.bin", A);
    record.check("b.bin", B);
    record.check(BELOW, await filesBelow(folder));
  });
});

Deno.test("VerifiedRecord.read() returns null without a record", async () => {
  await withTemporaryFolder(async (folder) => {
    assertEquals(await VerifiedRecord.read(folder), null);
  });
});

Deno.test("VerifiedRecord names a file that has changed or was not recorded", async () => {
  await withRecord(async (folder) => {
    const record = (await VerifiedRecord.read(folder))!;
    for (const name of ["b.bin", "c.bin"]) {
      assertThrows(
        () => record.check(name, Uint8Array.of(5)),
        UserError,
        `${join(folder, name)} is damaged`,
      );
    }
  });
});

Deno.test("VerifiedRecord names a folder whose files have changed, swapped names, or are gone", async () => {
  const changes: ((below: string) => Promise<void>)[] = [
    (below) => Deno.writeFile(join(below, "b.bin"), Uint8Array.of(5)),
    (below) => Deno.writeFile(join(below, "c.bin"), B),
    (below) => Deno.remove(join(below, "a.bin")),
    async (below) => {
      await Deno.writeFile(join(below, "a.bin"), B);
      await Deno.writeFile(join(below, "b.bin"), A);
    },
  ];
  for (const change of changes) {
    await withRecord(async (folder) => {
      const record = (await VerifiedRecord.read(folder))!;
      await change(join(folder, BELOW));
      const files = await filesBelow(folder);
      const error = `${join(folder, BELOW)} is damaged`;
      assertThrows(() => record.check(BELOW, files), UserError, error);
    });
  }
});

Deno.test("VerifiedRecord.read() names a record that cannot be read", async () => {
  await withRecord(async (folder) => {
    await Deno.writeTextFile(join(folder, "verified.json"), '{"a.bin": "12');
    await assertRejects(
      () => VerifiedRecord.read(folder),
      UserError,
      `cannot read ${join(folder, "verified.json")}`,
    );
  });
});
