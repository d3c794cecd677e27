import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { isVerified, writeVerifiedRecord } from "../../lib/data/verified_record.ts";
import { sha256 } from "../../lib/files/sha256.ts";
import { UserError } from "../../lib/user_error.ts";

const [A, B] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];

async function withRecord(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await Deno.writeFile(join(folder, "a.bin"), A);
    await Deno.writeFile(join(folder, "b.bin"), B);
    await writeVerifiedRecord(folder);
    await test(folder);
  });
}

Deno.test("writeVerifiedRecord() writes the SHA-256 of each file", async () => {
  await withRecord(async (folder) => {
    const record = JSON.parse(await Deno.readTextFile(join(folder, "verified.json")));
    assertEquals(record, { "a.bin": sha256(A), "b.bin": sha256(B) });
  });
});

Deno.test("isVerified() accepts the files as they were recorded", async () => {
  await withRecord(async (folder) => {
    assert(await isVerified(folder, new Map([["a.bin", A], ["b.bin", B]])));
  });
});

Deno.test("isVerified() is false where nothing was recorded", async () => {
  await withTemporaryFolder(async (folder) => {
    assertEquals(await isVerified(folder, new Map([["a.bin", A]])), false);
  });
});

Deno.test("isVerified() names a file that has changed or was not recorded", async () => {
  await withRecord(async (folder) => {
    for (const name of ["b.bin", "c.bin"]) {
      const files = new Map([["a.bin", A], [name, Uint8Array.of(5)]]);
      await assertRejects(
        () => isVerified(folder, files),
        UserError,
        `${join(folder, name)} is damaged`,
      );
    }
  });
});

Deno.test("isVerified() names a record that cannot be read", async () => {
  await withRecord(async (folder) => {
    await Deno.writeTextFile(join(folder, "verified.json"), '{"a.bin": "12');
    await assertRejects(
      () => isVerified(folder, new Map([["a.bin", A]])),
      UserError,
      `cannot read ${join(folder, "verified.json")}`,
    );
  });
});
