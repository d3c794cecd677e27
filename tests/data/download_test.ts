import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { refusingUrl, withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { download } from "../../lib/data/download.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

/** Serves the content at /good, and nothing else. */
const answer = (path: string) =>
  path === "/good" ? new Response(CONTENT) : new Response("none", { status: 404 });

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

/** A download that fails says why and what to do, and leaves the folder as it was. */
async function assertFails(url: string, checksum: string, why: string) {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "file.gz");
    await Deno.writeTextFile(file, "before");
    const { message } = await assertRejects(
      () => download({ url, md5: checksum, file }),
      UserError,
      why,
    );
    for (const part of [file, `get it from ${url}`, `put it in ${folder}`]) {
      assertStringIncludes(message, part);
    }
    assertEquals(namesIn(folder), ["file.gz"]);
    assertEquals(await Deno.readTextFile(file), "before");
  });
}

Deno.test("download() puts a good file in its place, and makes the folder for it", async () => {
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      const file = join(folder, "new", "file.gz");
      await download({ url: `${url}good`, md5: md5(CONTENT), file });
      assertEquals(await Deno.readFile(file), CONTENT);
      assertEquals(namesIn(join(folder, "new")), ["file.gz"]);
    })
  );
});

Deno.test("download() refuses a file with another checksum", async () => {
  await withServer(answer, async (url) => {
    const expected = "0".repeat(32);
    await assertFails(`${url}good`, expected, `its MD5 is ${md5(CONTENT)}, not ${expected}`);
  });
});

Deno.test("download() says what the server answered", async () => {
  await withServer(answer, async (url) => {
    await assertFails(`${url}gone`, md5(CONTENT), "the server answered 404 Not Found");
  });
});

Deno.test("download() says that no server answered", async () => {
  await assertFails(`${refusingUrl()}good`, md5(CONTENT), "is missing and cannot be downloaded");
});

Deno.test("download() says that the server stopped in the middle", async () => {
  const broken = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(CONTENT),
      pull: (controller) => controller.error(new Error("broken off")),
    });
  await withServer(() => new Response(broken()), async (url) => {
    await assertFails(`${url}good`, md5(CONTENT), "is missing and cannot be downloaded");
  });
});

Deno.test("md5() is the checksum that RFC 1321 gives", () => {
  assertEquals(md5(new TextEncoder().encode("abc")), "900150983cd24fb0d6963f7d28e17f72");
});
