import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileServer, type FileServerOptions } from "./file_server.ts";
import { refusingUrl, withServer } from "./with_server.ts";
import { noSmallDisk, withSmallDisk } from "../small_disk.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { download, type RemoteFile } from "../../lib/data/download.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
const OTHER = CONTENT.map((byte) => byte ^ 1);

/** The content, with a single try. */
const REMOTE = { md5: md5(CONTENT), size: CONTENT.length, pauses: [] };

const QUIET = { terminal: false, write: () => {} };

/** Serves the content at /good, and nothing else. */
const answer = (path: string) =>
  path === "/good" ? new Response(CONTENT) : new Response("none", { status: 404 });

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Checks that a download fails with a reason and a remedy, and leaves the folder unchanged. */
async function assertFails(url: string, why: string, remote: Partial<RemoteFile> = {}) {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "file.gz");
    await Deno.writeTextFile(file, "before");
    const { message } = await assertRejects(
      () => download({ ...REMOTE, ...remote, url }, file, QUIET),
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

Deno.test("download() writes a good file, and makes its folder", async () => {
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      const file = join(folder, "new", "file.gz");
      await download({ ...REMOTE, url: `${url}good` }, file, QUIET);
      assertEquals(await Deno.readFile(file), CONTENT);
      assertEquals(namesIn(join(folder, "new")), ["file.gz"]);
    })
  );
});

Deno.test("download() refuses a file with another checksum, and does not ask again", async () => {
  const { asked, answer } = fileServer({ content: () => CONTENT });
  await withServer(answer, async (url) => {
    const expected = "0".repeat(32);
    const why = `its MD5 is ${md5(CONTENT)}, not ${expected}`;
    await assertFails(`${url}good`, why, { md5: expected, pauses: [1] });
  });
  assertEquals(asked, [null]);
});

Deno.test("download() stops at the size of the file, and does not ask again", async () => {
  let requests = 0;
  let sent = 0;
  const long = () => {
    requests++;
    return new ReadableStream({
      pull(controller) {
        sent += CONTENT.length;
        controller.enqueue(CONTENT);
        if (sent >= 1000 * CONTENT.length) controller.close();
      },
    });
  };
  await withServer(() => new Response(long(), { headers: { etag: '"1"' } }), async (url) => {
    await assertFails(url, "the server sends more than the 100000 bytes", { pauses: [1] });
  });
  assertEquals(requests, 1);
  assert(sent < 500 * CONTENT.length, `${sent} bytes were sent`);
});

Deno.test("download() does not wait forever for an answer or for its rest", async () => {
  const { asked, answer } = fileServer({ content: () => CONTENT });
  const silent = new ReadableStream({
    start: (controller) => controller.enqueue(CONTENT.subarray(0, 40_000)),
  });
  const answers = [
    ({ signal }: Request) =>
      new Promise<Response>((resolve) =>
        signal.addEventListener("abort", () => resolve(new Response()))
      ),
    () => new Response(silent, { headers: { etag: '"1"' } }),
  ];
  const lines: string[] = [];
  const display = { terminal: false, write: (text: string) => lines.push(text) };
  await withTemporaryFolder((folder) =>
    withServer(
      (path, request) => answers.shift()?.(request) ?? answer(path, request),
      async (url) => {
        const remote = { ...REMOTE, url, patience: 50, pauses: [1, 1] };
        await download(remote, join(folder, "a"), display);
        assertEquals(await Deno.readFile(join(folder, "a")), CONTENT);
      },
    )
  );
  assertEquals(asked, ["bytes=40000-"]);
  const silences = lines.filter((line) => line.startsWith("a: nothing came for 0.05 s; trying"));
  assertEquals(silences.length, 2);
});

Deno.test("download() asks for uncompressed bytes", async () => {
  const encodings: (string | null)[] = [];
  const answer = (_: string, request: Request) => {
    encodings.push(request.headers.get("accept-encoding"));
    return new Response(CONTENT);
  };
  await withTemporaryFolder((folder) =>
    withServer(answer, (url) => download({ ...REMOTE, url }, join(folder, "a"), QUIET))
  );
  assertEquals(encodings, ["identity"]);
});

Deno.test("download() refuses a file of another size before it reads any bytes", async () => {
  await withServer(answer, async (url) => {
    const why = "the server offers 100000 bytes, but the file has 7";
    await assertFails(`${url}good`, why, { size: 7 });
  });
});

Deno.test("download() gives the server's answer, and does not ask again", async () => {
  let requests = 0;
  const count = (path: string) => {
    requests++;
    return answer(path);
  };
  await withServer(count, async (url) => {
    await assertFails(`${url}gone`, "the server answered 404 Not Found", { pauses: [1] });
  });
  assertEquals(requests, 1);
});

Deno.test("download() says that no server answered", async () => {
  const url = `${refusingUrl()}good`;
  const why = "is missing and cannot be downloaded (2 tries, the last: error sending request";
  await assertFails(url, why, { pauses: [1] });
});

Deno.test("download() removes the folder that it made if it fails", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "new", "file.gz");
    await assertRejects(() => download({ ...REMOTE, url: refusingUrl() }, file, QUIET), UserError);
    assertEquals(namesIn(folder), []);
  });
});

Deno.test("download() says that the server stopped in the middle", async () => {
  const broken = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(CONTENT.subarray(1)),
      pull: (controller) => controller.error(new Error("broken off")),
    });
  await withServer(() => new Response(broken()), async (url) => {
    await assertFails(`${url}good`, "is missing and cannot be downloaded");
  });
});

Deno.test("download() tries again with growing pauses, and gives the number of tries", async () => {
  let requests = 0;
  const busy = () => {
    requests++;
    return new Response("busy", { status: 503 });
  };
  const lines: string[] = [];
  await withTemporaryFolder((folder) =>
    withServer(busy, async (url) => {
      const start = performance.now();
      await assertRejects(
        () =>
          download({ ...REMOTE, url, pauses: [10, 20, 40] }, join(folder, "a"), {
            terminal: false,
            write: (text) => lines.push(text),
          }),
        UserError,
        "cannot be downloaded (4 tries, the last: the server answered 503 Service Unavailable)",
      );
      assert(performance.now() - start >= 69, "the pauses are missing");
      assertEquals(lines, [
        `a: downloading from ${url}\n`,
        ...["0.01", "0.02", "0.04"].map((seconds) =>
          `a: the server answered 503 Service Unavailable; trying again in ${seconds} s\n`
        ),
      ]);
    })
  );
  assertEquals(requests, 4);
});

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

Deno.test("download() asks for the file once if two processes need it", async () => {
  const { asked, answer } = fileServer({ content: () => CONTENT });
  const lines: string[] = [];
  const display = { terminal: false, write: (text: string) => lines.push(text) };
  await withTemporaryFolder((folder) =>
    withServer(answer, async (url) => {
      const run = () => download({ ...REMOTE, url }, join(folder, "a"), display);
      await Promise.all([run(), run()]);
      assertEquals(await Deno.readFile(join(folder, "a")), CONTENT);
      assertEquals(namesIn(folder), ["a"]);
    })
  );
  assertEquals(asked.length, 1);
  assert(lines.includes("a: another process is downloading it; waiting\n"));
});

Deno.test("download() prints a line for each tenth without a terminal", async () => {
  const lines = await linesOf(false);
  assertEquals(lines[0].startsWith("a: downloading from http://127.0.0.1:"), true);
  assertEquals(
    lines.slice(1).map((line) => Number(/ \((\d+) %\)\n$/.exec(line)![1]) / 10 | 0),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  assertEquals(lines.at(-1), "a: 100.0 of 100.0 kB (100 %)\n");
});

Deno.test("download() redraws one line in a terminal and clears it at the end", async () => {
  const lines = await linesOf(true);
  assertEquals(lines.slice(0, 1), ["\r\x1b[K"]);
  const drawn = lines.slice(2, -1);
  assert(drawn.length >= 20, "the line does not move");
  assert(drawn.every((line) => line.startsWith("\r\x1b[Ka: ") && !line.includes("\n")));
  assertEquals(lines.at(-1), "\r\x1b[K");
});

/** Returns the text that a download in 50 chunks writes. */
async function linesOf(terminal: boolean): Promise<string[]> {
  const lines: string[] = [];
  const chunks = Array.from({ length: 50 }, (_, k) => CONTENT.subarray(2000 * k, 2000 * (k + 1)));
  const slow = () =>
    new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
  await withTemporaryFolder((folder) =>
    withServer(() => new Response(slow()), async (url) => {
      const write = (text: string) => lines.push(text);
      await download({ ...REMOTE, url }, join(folder, "a"), { terminal, write });
    })
  );
  return lines;
}

Deno.test("download() holds only a small part of a large file in memory", async () => {
  const chunk = new Uint8Array(1 << 20);
  const chunks = 192;
  const before = Deno.memoryUsage().rss;
  let peak = 0;
  const large = () => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        peak = Math.max(peak, Deno.memoryUsage().rss);
        if (sent++ === chunks) controller.close();
        else controller.enqueue(chunk);
      },
    });
  };
  await withTemporaryFolder((folder) =>
    withServer(() => new Response(large()), async (url) => {
      const remote = { url, md5: "0".repeat(32), size: chunks * chunk.length, pauses: [] };
      await assertRejects(() => download(remote, join(folder, "a"), QUIET), UserError, "its MD5");
      peak = Math.max(peak, Deno.memoryUsage().rss);
    })
  );
  const grown = (peak - before) / chunk.length;
  assert(grown < 128, `${grown.toFixed(0)} MiB more for a file of ${chunks} MiB`);
});

Deno.test({
  name: `download() says that the disk is full${noSmallDisk ? ` (skipped: ${noSmallDisk})` : ""}`,
  ignore: noSmallDisk !== "",
  async fn() {
    await withSmallDisk(64, (folder) =>
      withServer(answer, async (url) => {
        await assertRejects(
          () => download({ ...REMOTE, url: `${url}good` }, join(folder, "a"), QUIET),
          UserError,
          `the disk is full: ${join(folder, "a.part")} was not written`,
        );
      }));
  },
});

Deno.test("md5() computes the checksum of RFC 1321", () => {
  assertEquals(md5(new TextEncoder().encode("abc")), "900150983cd24fb0d6963f7d28e17f72");
});
