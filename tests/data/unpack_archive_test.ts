import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { makeArchive } from "./make_archive.ts";
import { makeZip } from "./make_zip.ts";
import { withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { md5 } from "../../lib/data/md5.ts";
import { unpackArchive } from "../../lib/data/unpack_archive.ts";
import { VerifiedRecord } from "../../lib/data/verified_record.ts";
import { UserError } from "../../lib/user_error.ts";

const CONTENT = Uint8Array.of(1, 2, 3);

const archive = await makeArchive("set", { "a.bin": CONTENT });

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** Serves some bytes as the archive, and tells how often they were asked for. */
async function withArchive(
  bytes: Uint8Array<ArrayBuffer>,
  test: (parent: string, url: string, requests: () => number) => Promise<void>,
  name = "set.tar.gz",
): Promise<void> {
  let requests = 0;
  await withTemporaryFolder((parent) =>
    withServer(() => {
      requests++;
      return new Response(bytes);
    }, (url) => test(parent, `${url}files/${name}`, () => requests))
  );
}

Deno.test("unpackArchive() downloads, unpacks and records what it unpacked", async () => {
  await withArchive(archive, async (parent, url) => {
    const folder = join(parent, "set");
    await unpackArchive({ url, md5: md5(archive), size: archive.length }, folder);
    assertEquals([...await Deno.readFile(join(folder, "a.bin"))], [...CONTENT]);
    (await VerifiedRecord.read(folder))!.check("a.bin", CONTENT);
    assertEquals(await filesIn(parent), ["set", "set.tar.gz"]);
  });
});

Deno.test("unpackArchive() unpacks a zip with folders below, and records those", async () => {
  const zip = makeZip("set", { "a.bin": CONTENT, "train/cats/b.bin": CONTENT });
  await withArchive(zip, async (parent, url) => {
    const folder = join(parent, "set");
    await unpackArchive({ url, md5: md5(zip), size: zip.length }, folder);
    assertEquals(await filesIn(parent), ["set", "set.zip"]);
    assertEquals(await filesIn(folder), ["a.bin", "train", "verified.json"]);
    assertEquals([...await Deno.readFile(join(folder, "train/cats/b.bin"))], [...CONTENT]);
    const record = (await VerifiedRecord.read(folder))!;
    record.check("a.bin", CONTENT);
    record.check("train/cats", new Map([["b.bin", CONTENT]]));
  }, "set.zip");
});

Deno.test("unpackArchive() leaves no folder of a zip that cannot be unpacked", async () => {
  const zip = makeZip("set", { "a.bin": crypto.getRandomValues(new Uint8Array(5_000)) });
  const wrong = [
    new Uint8Array(zip.subarray(0, 20)),
    new Uint8Array(zip.subarray(0, 4_000)),
    new Uint8Array(zip.subarray(0, zip.length - 30)),
    makeZip("other", { "a.bin": CONTENT }),
  ];
  for (const bytes of wrong) {
    await withArchive(bytes, async (parent, url) => {
      await assertRejects(
        () => unpackArchive({ url, md5: md5(bytes), size: bytes.length }, join(parent, "set")),
        UserError,
        `cannot unpack ${join(parent, "set.zip")}`,
      );
      assertEquals(await filesIn(parent), ["set.zip"]);
    }, "set.zip");
  }
});

Deno.test("unpackArchive() takes an archive that was put beside the folder by hand", async () => {
  await withArchive(archive, async (parent, url, requests) => {
    await Deno.writeFile(join(parent, "set.tar.gz"), archive);
    await unpackArchive({ url, md5: md5(archive), size: archive.length }, join(parent, "set"));
    assertEquals(requests(), 0);
    assertEquals(await filesIn(join(parent, "set")), ["a.bin", "verified.json"]);
  });
});

Deno.test("unpackArchive() refuses an archive put there by hand that is not the official one", async () => {
  await withArchive(archive, async (parent, url) => {
    const file = join(parent, "set.tar.gz");
    await Deno.writeFile(file, CONTENT);
    await assertRejects(
      () => unpackArchive({ url, md5: md5(archive), size: archive.length }, join(parent, "set")),
      UserError,
      `${file} is not the official archive: its MD5 is ${md5(CONTENT)}, not ${md5(archive)}`,
    );
    assertEquals(await filesIn(parent), ["set.tar.gz"]);
  });
});

Deno.test("unpackArchive() leaves no folder of an archive that cannot be unpacked", async () => {
  // The middle one ends after tar has written the folder and a part of its file.
  const noise = { "noise.bin": crypto.getRandomValues(new Uint8Array(50_000)) };
  const wrong = [
    new Uint8Array(archive.subarray(0, 20)),
    new Uint8Array((await makeArchive("set", noise)).subarray(0, 40_000)),
    await makeArchive("other", { "a.bin": CONTENT }),
  ];
  for (const bytes of wrong) {
    await withArchive(bytes, async (parent, url) => {
      await assertRejects(
        () => unpackArchive({ url, md5: md5(bytes), size: bytes.length }, join(parent, "set")),
        UserError,
        `cannot unpack ${join(parent, "set.tar.gz")}`,
      );
      assertEquals(await filesIn(parent), ["set.tar.gz"]);
    });
  }
});

Deno.test("unpackArchive() may run twice at the same time", async () => {
  await withArchive(archive, async (parent, url) => {
    const folder = join(parent, "set");
    const unpack = () => unpackArchive({ url, md5: md5(archive), size: archive.length }, folder);
    await Promise.all([unpack(), unpack()]);
    (await VerifiedRecord.read(folder))!.check("a.bin", CONTENT);
    assertEquals(await filesIn(parent), ["set", "set.tar.gz"]);
  });
});
