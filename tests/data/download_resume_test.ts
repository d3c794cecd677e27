import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { assertFails, CONTENT, namesIn, QUIET, REMOTE } from "./download_content.ts";
import { fileServer, type FileServerOptions } from "./file_server.ts";
import { withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { download, type RemoteFile } from "../../lib/data/download.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

const OTHER = CONTENT.map((byte) => byte ^ 1);

/** Downloads the content from a server, checks it, and returns the requested ranges. */
async function rangesOf(
  server: FileServerOptions,
  remote: Partial<RemoteFile> = { pauses: [1] },
): Promise<(string | null)[]> {
  const { asked, answer } = fileServer(server);
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      const file = join(folder, "file.gz");
      await download({ ...REMOTE, ...remote, url }, file, QUIET);
      assertEquals(await Deno.readFile(file), CONTENT);
      assertEquals(namesIn(folder), ["file.gz"]);
    })
  );
  return asked;
}

/** Breaks off the first answer after 40,000 bytes. */
const breakFirst = (request: number) => request === 0 ? 40_000 : undefined;

Deno.test("download() continues after a broken connection, by ETag or by date", async () => {
  const versions = [
    { name: "etag", value: '"1"' },
    { name: "last-modified", value: "Thu, 04 Jun 2009 00:00:00 GMT" },
  ];
  for (const version of versions) {
    const server = { content: () => CONTENT, validator: () => version, breaks: breakFirst };
    assertEquals(await rangesOf(server), [null, "bytes=40000-"]);
  }
});

Deno.test("download() keeps trying a bad connection that makes progress", async () => {
  const breaks = (request: number) => request < 9 ? 10_000 : undefined;
  const asked = await rangesOf({ content: () => CONTENT, breaks });
  assertEquals(asked.slice(0, 3), [null, "bytes=10000-", "bytes=20000-"]);
  assertEquals(asked.length, 10);
});

Deno.test("download() gives up a connection that makes no progress", async () => {
  const breaks = (request: number) => request < 9 ? 40_000 : undefined;
  const { asked, answer } = fileServer({ content: () => CONTENT, breaks, ranges: false });
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      await assertRejects(
        () => download({ ...REMOTE, url, pauses: [1, 1] }, join(folder, "a"), QUIET),
        UserError,
        "cannot be downloaded (3 tries, the last: error reading a body",
      );
    })
  );
  assertEquals(asked.length, 3);
});

Deno.test("download() continues the part of an earlier process", async () => {
  const { asked, answer } = fileServer({ content: () => CONTENT, breaks: breakFirst });
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      const file = join(folder, "file.gz");
      const run = () => download({ ...REMOTE, url }, file, QUIET);
      await assertRejects(run, UserError, "try again to continue the download, or get it from");
      assertEquals(namesIn(folder), ["file.gz.part", "file.gz.part-validator"]);
      await run();
      assertEquals(await Deno.readFile(file), CONTENT);
      assertEquals(namesIn(folder), ["file.gz"]);
    })
  );
  assertEquals(asked, [null, "bytes=40000-"]);
});

Deno.test("download() starts over if the part of an earlier process is not of this file", async () => {
  const { asked, answer } = fileServer({ content: () => CONTENT });
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      await Deno.writeFile(join(folder, "a.part"), new Uint8Array(CONTENT.length + 1));
      await download({ ...REMOTE, url }, join(folder, "a"), QUIET);
      assertEquals(await Deno.readFile(join(folder, "a")), CONTENT);
    })
  );
  assertEquals(asked, [null]);
});

Deno.test("download() keeps its part when a proxy answers with its own page", async () => {
  const { asked, answer } = fileServer({ content: () => CONTENT, breaks: breakFirst });
  const withPortal = (path: string, request: Request) =>
    path === "/portal" ? new Response("<h1>Log in</h1>") : answer(path, request);
  await withTemporaryFolder((folder) =>
    withServer(withPortal, async (url) => {
      const run = (at: string) => download({ ...REMOTE, url: at }, join(folder, "a"), QUIET);
      await assertRejects(() => run(url), UserError);
      await assertRejects(() => run(`${url}portal`), UserError, "the server offers 15 bytes");
      await run(url);
    })
  );
  assertEquals(asked, [null, "bytes=40000-"]);
});

Deno.test("download() starts over if the file has changed", async () => {
  const asked = await rangesOf({
    content: (request) => request === 0 ? OTHER : CONTENT,
    validator: (request) => ({ name: "etag", value: `"${request}"` }),
    breaks: breakFirst,
  });
  assertEquals(asked, [null, "bytes=40000-"]);
});

Deno.test("download() starts over if the server ignores ranges", async () => {
  const asked = await rangesOf({ content: () => CONTENT, breaks: breakFirst, ranges: false });
  assertEquals(asked, [null, "bytes=40000-"]);
});

Deno.test("download() asks for no range if nothing identifies the file's version", async () => {
  for (const version of [null, { name: "etag", value: 'W/"1"' }]) {
    const server = { content: () => CONTENT, validator: () => version, breaks: breakFirst };
    assertEquals(await rangesOf(server), [null, null]);
  }
});

Deno.test("download() starts over if the server lacks the range, or sends another", async () => {
  const { answer, asked } = fileServer({ content: () => CONTENT, breaks: breakFirst });
  const wrong = [
    new Response(null, { status: 416 }),
    new Response(CONTENT, { status: 206, headers: { "content-range": "bytes 0-99999/100000" } }),
  ];
  for (const response of wrong) {
    asked.length = 0;
    let request = 0;
    const server = (path: string, from: Request) => request++ === 1 ? response : answer(path, from);
    const lines: string[] = [];
    const display = { terminal: false, write: (text: string) => lines.push(text) };
    await withTemporaryFolder((folder) =>
      withServer(server, async (url) => {
        await download({ ...REMOTE, url, pauses: [1, 1] }, join(folder, "a"), display);
        assertEquals(await Deno.readFile(join(folder, "a")), CONTENT);
      })
    );
    assertEquals(asked, [null, null]);
    assert(lines.every((line) => !line.includes("pieces")), "it took the wrong range");
  }
});

Deno.test("download() starts over once if the pieces do not fit together", async () => {
  // The server gives both files the same ETag.
  const content = (request: number) => request === 0 ? OTHER : CONTENT;
  const asked = await rangesOf({ content, breaks: breakFirst });
  assertEquals(asked, [null, "bytes=40000-", null]);

  const never = fileServer({ content: () => OTHER, breaks: breakFirst });
  await withServer(never.answer, async (url) => {
    await assertFails(url, `its MD5 is ${md5(OTHER)}, not ${md5(CONTENT)}`, { pauses: [1] });
  });
  assertEquals(never.asked, [null, "bytes=40000-", null]);
});
