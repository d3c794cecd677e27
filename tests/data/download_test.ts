import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { assertFails, CONTENT, namesIn, QUIET, REMOTE } from "./download_content.ts";
import { fileServer } from "./file_server.ts";
import { refusingUrl, withServer } from "./with_server.ts";
import { noSmallDisk, withSmallDisk } from "../small_disk.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { download } from "../../lib/data/download.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

/** Serves the content at /good, and nothing else. */
const answer = (path: string) =>
  path === "/good" ? new Response(CONTENT) : new Response("none", { status: 404 });

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

Deno.test("download() asks for the file once if two downloads run at the same time", async () => {
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
