import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runTask, snapshot, startTask } from "./run_task.ts";
import { codeCell, errorOutput, notebookOf, textCell } from "../notebooks/made_up.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { shownText } from "../notebooks/shown_text.ts";
import type { Notebook } from "../../lib/notebook/notebook.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";
import { writeNotebook } from "../../lib/notebook/write_notebook.ts";
import { findChromium } from "../../lib/report/find_chromium.ts";

const hasChromium = await findChromium() !== null;

const RENDER = "lib/commands/render.ts";

const PRINTS = "console.log(`size ${size}`);\nawait new Promise((done) => setTimeout(done, 100));";

const NOTEBOOK = notebookOf(
  textCell("# Sizes\n\n**The question**: how large?"),
  codeCell("const size: number = 3;", [], ["parameters"]),
  codeCell(PRINTS, [{ output_type: "stream", name: "stdout", text: "size of yesterday\n" }]),
);

/** Runs a test with a notebook in its own folder, and a folder to write to. */
async function withNotebook(
  notebook: Notebook,
  test: (path: string, out: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "sizes.ipynb");
    await writeNotebook(path, notebook);
    await test(path, join(folder, "out"));
  });
}

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("render turns links to notebooks into links to their pages, whatever their names", async () => {
  await withTemporaryFolder(async (folder) => {
    const paths = ["größe 1.ipynb", "b.ipynb"].map((name) => join(folder, name));
    await writeNotebook(paths[0], notebookOf(textCell("# Sizes")));
    const links = "[one](größe%201.ipynb#files) [another](c.ipynb)";
    await writeNotebook(paths[1], notebookOf(textCell(`# B\n\n${links}`)));
    const out = join(folder, "out");
    const { code, stderr } = await runTask(RENDER, ...paths, "--no-execute", "--out", out);
    assertEquals(code, 0, stderr);
    const page = await Deno.readTextFile(join(out, "b.html"));
    assertStringIncludes(page, `href="gr%C3%B6%C3%9Fe%201.html#files"`);
    assert(!page.includes("c.ipynb"));
  });
});

Deno.test("render refuses to write pages beside the notebook itself, whose copy would replace it", async () => {
  await withNotebook(NOTEBOOK, async (path) => {
    const before = await Deno.readFile(path);
    for (const option of ["--no-execute", "--standalone"]) {
      const { code, stderr } = await runTask(RENDER, path, option, "--out", dirname(path));
      assertEquals(code, 2);
      assertStringIncludes(stderr, "where a copy of it would replace it");
    }
    assertEquals(await Deno.readFile(path), before);
  });
});

Deno.test("render --no-execute writes the stored outputs of a notebook", async () => {
  await withNotebook(NOTEBOOK, async (path, out) => {
    const { code, stderr } = await runTask(RENDER, path, "--no-execute", "--out", out);
    assertEquals([code, stderr], [0, ""]);
    const explorer = ["explorer.css", "explorer.html", "explorer.js", "explorer_data.js"];
    assertEquals(
      await filesIn(out),
      [
        "draw.js",
        ...explorer,
        "index.html",
        "page.css",
        "plotly.js",
        "scroll_hints.js",
        "sizes.html",
        "sizes.ipynb",
      ],
    );
    assertStringIncludes(await Deno.readTextFile(join(out, "sizes.html")), "size of yesterday");
    assertStringIncludes(await Deno.readTextFile(join(out, "index.html")), "how large?");
  });
});

Deno.test("the project's pages, with pictures and the explorer, take at most 6 MB", async () => {
  await withTemporaryFolder(async (out) => {
    const { code, stderr } = await runTask(RENDER, "--no-execute", "--out", out);
    assertEquals([code, stderr], [0, ""]);
    const names = (await filesIn(out)).filter((name) => !/\.(ipynb|arrow|csv)$/.test(name));
    const sizes = await Promise.all(names.map((name) => Deno.stat(join(out, name))));
    const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
    assert(bytes <= 6e6, `the pages take ${bytes} bytes`);
    assert(names.includes("explorer.html") && names.includes("table1-1.png"), names.join());
  });
});

Deno.test("render executes with a parameter and keeps the executed notebook", async () => {
  await withNotebook(NOTEBOOK, async (path, out) => {
    const before = await Deno.readTextFile(path);
    const { code, stderr } = await runTask(RENDER, path, "--set", "size=5", "--out", out);
    assertEquals(code, 0, stderr);
    assertStringIncludes(await Deno.readTextFile(join(out, "sizes.html")), "size 5");
    assertEquals(shownText(await readNotebook(join(out, "sizes.ipynb"))), "size 5\n");
    assertEquals(await Deno.readTextFile(path), before);
  });
});

Deno.test("render --standalone writes one page; a cell that fails is shown in it", async () => {
  const failing = notebookOf(...NOTEBOOK.cells, codeCell('throw new Error("too <large>");'));
  await withNotebook(failing, async (path, out) => {
    const { code, stderr } = await runTask(RENDER, path, "--standalone", "--out", out);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "sizes.ipynb: code cell 3: Error: too <large>");
    assertEquals(await filesIn(out), ["sizes.html", "sizes.ipynb"]);
    const page = await Deno.readTextFile(join(out, "sizes.html"));
    assertStringIncludes(page, "Error: too &lt;large&gt;");
    assertStringIncludes(page, "size 3");
  });
});

/** Registers a test that saves pictures of figures. It is skipped without Chromium, and says so. */
function pictureTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: hasChromium ? name : `${name} (needs Chromium)`,
    ignore: !hasChromium,
    fn,
  });
}

pictureTest("render --in-place saves new outputs, the same each time", async () => {
  await withNotebook(NOTEBOOK, async (path) => {
    const texts: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { code, stderr } = await runTask(RENDER, path, "--in-place");
      assertEquals(code, 0, stderr);
      texts.push(await Deno.readTextFile(path));
    }
    assertEquals(texts[0], texts[1]);
    assertEquals(shownText(await readNotebook(path)), "size 3\n");
  });
});

pictureTest("render --in-place does not save an error or a path of this machine", async () => {
  const pause = "await new Promise((done) => setTimeout(done, 100));";
  const cases: [source: string, problem: RegExp][] = [
    ['throw new Error("no");', /is not saved: code cell 3: Error: no/],
    [
      `console.log(Deno.env.get("INIT_CWD") + "lib/mod.ts");\n${pause}`,
      /is not saved: code cell 3 shows \/.*\/…/,
    ],
  ];
  for (const [source, problem] of cases) {
    await withNotebook(notebookOf(...NOTEBOOK.cells, codeCell(source)), async (path) => {
      const before = await Deno.readTextFile(path);
      const { code, stderr } = await runTask(RENDER, path, "--in-place");
      assertEquals(code, 1);
      assertMatch(stderr, problem);
      assertEquals(await Deno.readTextFile(path), before);
    });
  }
});

Deno.test("render names the fault of a bad command line, and writes nothing", async () => {
  await withNotebook(NOTEBOOK, async (path, out) => {
    const before = await snapshot(join(path, ".."));
    const cases: [args: string[], message: string][] = [
      [["no-such"], 'there is no notebook "no-such"'],
      [["no-such"], "quickstart, table1"],
      [[path, path], 'several pages would be "sizes.html"'],
      [[path, "--set", "seed=1"], "--set seed: none of these notebooks has that parameter"],
      [[path, "--set", "seed=1"], "they have size"],
      [[path, "--set", "size"], "must be NAME=VALUE"],
      [[path, "--set", "size=x"], "so it must be a number"],
      [[path, "--no-execute", "--set", "size=1"], "--no-execute cannot be combined with --set"],
      [[path, "--in-place", "--standalone"], "--in-place cannot be combined with other options"],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await runTask(RENDER, ...args, "--out", out);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
    }
    assertEquals(await snapshot(join(path, "..")), before);
  });
});

Deno.test("render executes without any program but Deno, and says how to get pictures", async () => {
  await withNotebook(NOTEBOOK, async (path, out) => {
    await withEnvironment({ PATH: "/nowhere", CHROMIUM: null }, async () => {
      const { code, stderr } = await runTask(RENDER, path, "--out", out);
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /there is no Chromium .*apt-get install chromium, or set CHROMIUM/);
      assertStringIncludes(await Deno.readTextFile(join(out, "sizes.html")), "size 3");
      const saved = await runTask(RENDER, path, "--in-place");
      assertEquals(saved.code, 2);
      assertMatch(saved.stderr, /error: there is no Chromium/);
    });
  });
});

const WAITS = `addEventListener("unload", () => Deno.writeTextFileSync("ended", ""));
Deno.writeTextFileSync("started", "");
await new Promise((done) => setTimeout(done, 60_000));`;

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  Deno.test(`render leaves no kernel behind after ${signal}`, async () => {
    await withNotebook(notebookOf(codeCell(WAITS)), async (path, out) => {
      const made = async (name: string) => {
        for (const start = Date.now(); !(await filesIn(join(path, ".."))).includes(name);) {
          assert(Date.now() - start < 20_000, `the kernel has not ${name}`);
          await delay(50);
        }
      };
      const render = startTask(RENDER, path, "--out", out);
      await Promise.all([render.stdout.cancel(), render.stderr.cancel()]);
      await made("started");
      render.kill(signal);
      await render.status;
      await made("ended");
    });
  });
}

Deno.test("render --no-execute shows the stored error of a notebook", async () => {
  const notebook = notebookOf(codeCell("1", [errorOutput("UserError", "no results")]));
  await withNotebook(notebook, async (path, out) => {
    const { code } = await runTask(RENDER, path, "--no-execute", "--out", out);
    assertEquals(code, 1);
    assertStringIncludes(await Deno.readTextFile(join(out, "index.html")), "UserError: no results");
  });
});
