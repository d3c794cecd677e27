import { assert, assertEquals, assertRejects } from "@std/assert";
import { zipSync } from "fflate";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { makeArchive } from "./make_archive.ts";
import { makeTar, type TarMember } from "./make_tar.ts";
import { makeZip } from "./make_zip.ts";
import { withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { md5 } from "../../lib/data/md5.ts";
import { type Archive, unpackArchive } from "../../lib/data/unpack_archive.ts";
import { VerifiedRecord } from "../../lib/data/verified_record.ts";
import { UserError } from "../../lib/user_error.ts";

const CONTENT = Uint8Array.of(1, 2, 3);

const archive = await makeArchive("set", { "a.bin": CONTENT });

/** Describes an archive by its bytes. Its content may have up to 100 kB. */
function described(url: string, bytes: Uint8Array): Archive {
  return { url, md5: md5(bytes), size: bytes.length, unpackedSize: 100_000 };
}

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** Serves bytes as the archive, and counts the requests. */
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

Deno.test("unpackArchive() downloads an archive, unpacks it and records its files", async () => {
  await withArchive(archive, async (parent, url) => {
    const folder = join(parent, "set");
    await unpackArchive(described(url, archive), folder);
    assertEquals([...await Deno.readFile(join(folder, "a.bin"))], [...CONTENT]);
    (await VerifiedRecord.read(folder))!.check("a.bin", CONTENT);
    assertEquals(await filesIn(parent), ["set", "set.tar.gz"]);
  });
});

Deno.test("unpackArchive() unpacks a zip with subfolders, and records them", async () => {
  const zip = makeZip("set", { "a.bin": CONTENT, "train/cats/b.bin": CONTENT });
  await withArchive(zip, async (parent, url) => {
    const folder = join(parent, "set");
    await unpackArchive(described(url, zip), folder);
    assertEquals(await filesIn(parent), ["set", "set.zip"]);
    assertEquals(await filesIn(folder), ["a.bin", "train", "verified.json"]);
    assertEquals([...await Deno.readFile(join(folder, "train/cats/b.bin"))], [...CONTENT]);
    const record = (await VerifiedRecord.read(folder))!;
    record.check("a.bin", CONTENT);
    record.check("train/cats", new Map([["b.bin", CONTENT]]));
  }, "set.zip");
});

Deno.test("unpackArchive() leaves no folder behind for a damaged zip", async () => {
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
        () => unpackArchive(described(url, bytes), join(parent, "set")),
        UserError,
        `cannot unpack ${join(parent, "set.zip")}`,
      );
      assertEquals(await filesIn(parent), ["set.zip"]);
    }, "set.zip");
  }
});

Deno.test("unpackArchive() uses an archive that a user put beside the folder", async () => {
  await withArchive(archive, async (parent, url, requests) => {
    await Deno.writeFile(join(parent, "set.tar.gz"), archive);
    await unpackArchive(described(url, archive), join(parent, "set"));
    assertEquals(requests(), 0);
    assertEquals(await filesIn(join(parent, "set")), ["a.bin", "verified.json"]);
  });
});

Deno.test("unpackArchive() refuses an archive from a user that is not the official one", async () => {
  await withArchive(archive, async (parent, url) => {
    const file = join(parent, "set.tar.gz");
    await Deno.writeFile(file, CONTENT);
    await assertRejects(
      () => unpackArchive(described(url, archive), join(parent, "set")),
      UserError,
      `${file} is not the official archive: its MD5 is ${md5(CONTENT)}, not ${md5(archive)}`,
    );
    assertEquals(await filesIn(parent), ["set.tar.gz"]);
  });
});

Deno.test("unpackArchive() leaves no folder behind for a damaged tar", async () => {
  // The middle one ends after tar has written the folder and a part of its file.
  const noise = { "noise.bin": crypto.getRandomValues(new Uint8Array(50_000)) };
  const wrong = [
    new Uint8Array(archive.subarray(0, 20)),
    new Uint8Array(archive.subarray(0, archive.length - 4)), // half of its checksum
    new Uint8Array((await makeArchive("set", noise)).subarray(0, 40_000)),
    await makeArchive("other", { "a.bin": CONTENT }),
  ];
  for (const bytes of wrong) {
    await withArchive(bytes, async (parent, url) => {
      await assertRejects(
        () => unpackArchive(described(url, bytes), join(parent, "set")),
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
    const unpack = () => unpackArchive(described(url, archive), folder);
    await Promise.all([unpack(), unpack()]);
    (await VerifiedRecord.read(folder))!.check("a.bin", CONTENT);
    assertEquals(await filesIn(parent), ["set", "set.tar.gz"]);
  });
});

/** Checks that an archive with the right checksum is refused and leaves nothing behind. */
async function assertRefused(bytes: Uint8Array<ArrayBuffer>, why: string, name = "set.tar.gz") {
  await withArchive(bytes, async (parent, url) => {
    await assertRejects(
      () => unpackArchive(described(url, bytes), join(parent, "set")),
      UserError,
      `cannot unpack ${join(parent, name)}: ${why}`,
    );
    assertEquals(await filesIn(parent), [name]);
  }, name);
}

const OUTSIDE = ["../evil", "set/../../evil", "/evil", "..\\evil", "\\evil", "C:\\evil", "c:evil"];

Deno.test("unpackArchive() refuses members that would lie outside the folder", async () => {
  const why = (name: string) => `its member ${JSON.stringify(name)} would lie outside the folder`;
  const good = { name: "set/a.bin", type: "0", content: CONTENT };
  for (const name of OUTSIDE) {
    await assertRefused(makeTar([good, { name, type: "0", content: CONTENT }]), why(name));
    await assertRefused(makeTar([good, { name, type: "5" }]), why(`${name}/`));
    for (const member of [{ [name]: CONTENT }, { [`${name}/`]: new Uint8Array() }]) {
      const zip = new Uint8Array(zipSync({ "set/a.bin": CONTENT, ...member }));
      await assertRefused(zip, why(Object.keys(member)[0]), "set.zip");
    }
  }
});

Deno.test("unpackArchive() refuses a tar with links or devices", async () => {
  const members: TarMember[] = [
    { name: "set/link", type: "2", target: "/etc" },
    { name: "set/link", type: "2", target: "a.bin" },
    { name: "set/link", type: "1", target: "/etc/passwd" },
    { name: "set/link", type: "3" },
  ];
  for (const member of members) {
    const inside = { name: "set/link/evil", type: "0", content: CONTENT };
    await assertRefused(makeTar([member, inside]), 'its member "set/link" is a link or a device');
  }
});

Deno.test("unpackArchive() makes no link from a link in a zip", async () => {
  const link = new TextEncoder().encode("/etc/passwd");
  const zip = new Uint8Array(
    zipSync({ "set/link": [link, { os: 3, attrs: (0o120777 << 16) >>> 0 }] }),
  );
  await withArchive(zip, async (parent, url) => {
    const folder = join(parent, "set");
    await unpackArchive(described(url, zip), folder);
    assertEquals((await Deno.lstat(join(folder, "link"))).isFile, true);
    assertEquals([...await Deno.readFile(join(folder, "link"))], [...link]);
  }, "set.zip");
});

Deno.test("unpackArchive() refuses an archive above its limit, and never holds it in memory", async () => {
  const zeros = new Uint8Array(64 << 20);
  const name = "set/a.bin";
  const tar = makeTar([{ name, type: "0", content: zeros }]);
  const zip = new Uint8Array(zipSync({ [name]: zeros }, { level: 1 }));
  // It claims 100 bytes, in the member and in the list at the end.
  const lie = zip.slice();
  const view = new DataView(lie.buffer);
  for (let at = 0; at < lie.length - 4; at++) {
    const signature = view.getUint32(at, true);
    if (signature === 0x04034b50) view.setUint32(at + 22, 100, true);
    if (signature === 0x02014b50) view.setUint32(at + 24, 100, true);
  }
  for (const [bytes, file] of [[tar, "set.tar.gz"], [zip, "set.zip"], [lie, "set.zip"]] as const) {
    const before = Deno.memoryUsage().rss;
    await assertRefused(bytes, "it holds more than 100000 bytes", file);
    const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
    assert(grown < 40, `${file} takes ${grown.toFixed(0)} MiB`);
  }
});

Deno.test("unpackArchive() refuses a false or truncated tar in a whole gzip", async () => {
  const gzipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
  const whole = gunzipSync(archive);
  const changed = Uint8Array.from(whole, (byte, at) => at === 0 ? byte ^ 1 : byte);
  const noTar = new TextEncoder().encode("no tar".repeat(100));
  await assertRefused(gzipped(noTar), "Invalid tar number");
  await assertRefused(gzipped(changed), "Invalid tar header checksum");
  for (const length of [0, 100, 512 + 100, 1024 + 2]) {
    await assertRefused(gzipped(whole.subarray(0, length)), "Tar archive is truncated");
  }
});

Deno.test("unpackArchive() reads tars with long paths and with attributes of members", async () => {
  const folders = `set/${"long/".repeat(30)}`;
  const tar = makeTar([
    { name: "attributes", type: "g", content: new TextEncoder().encode("17 comment=a b c\n") },
    { name: "set/", type: "5" },
    { name: "b.bin", type: "0", content: CONTENT, prefix: folders.slice(0, -1) },
    { name: "set/empty.bin", type: "0" },
  ]);
  await withArchive(tar, async (parent, url) => {
    await unpackArchive(described(url, tar), join(parent, "set"));
    assertEquals([...await Deno.readFile(join(parent, folders, "b.bin"))], [...CONTENT]);
    assertEquals((await Deno.stat(join(parent, "set/empty.bin"))).size, 0);
    assertEquals(await filesIn(parent), ["set", "set.tar.gz"]);
  });
});

Deno.test("unpackArchive() refuses a tar whose attributes name a path outside the folder", async () => {
  const attributes = new TextEncoder().encode("19 path=../../evil\n");
  for (const type of ["g", "x"]) {
    const tar = makeTar([
      { name: "attributes", type, content: attributes },
      { name: "set/a.bin", type: "0", content: CONTENT },
    ]);
    await assertRefused(tar, 'its member "../../evil" would lie outside the folder');
  }
});
