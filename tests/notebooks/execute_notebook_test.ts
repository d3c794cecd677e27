import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { executeWithNbclient, pythonWithNbclient } from "./execute_with_nbclient.ts";
import { codeCell, notebookOf, textCell } from "./made_up.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { shownText } from "./shown_text.ts";
import { cellErrors, type Notebook, outputsOf } from "../../lib/notebook/notebook.ts";
import { executeNotebook } from "../../lib/notebook/execute_notebook.ts";
import { formatNotebook, writeNotebook } from "../../lib/notebook/write_notebook.ts";
import { UserError } from "../../lib/user_error.ts";

/** Runs a test with the path of a notebook in a temporary folder. */
async function withNotebook(notebook: Notebook, test: (path: string) => Promise<void>) {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    await writeNotebook(path, notebook);
    const before = await Deno.readTextFile(path);
    await test(path);
    assertEquals(await Deno.readTextFile(path), before);
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
  });
}

const PARAMETERS = codeCell('const name: string = "one";', [], ["parameters"]);

Deno.test(
  "executeNotebook() runs cells in the notebook's folder, with parameters",
  async () => {
    const notebook = notebookOf(
      textCell("# Title"),
      PARAMETERS,
      codeCell("console.log(name);\nconsole.log(Deno.cwd());"),
    );
    await withNotebook(notebook, async (path) => {
      const folder = await Deno.realPath(join(path, ".."));
      const plain = await executeNotebook(path);
      assertEquals(outputsOf(plain), [
        { output_type: "stream", name: "stdout", text: `one\n${folder}\n` },
      ]);
      assertEquals(
        plain.cells.map(({ metadata }) => metadata),
        notebook.cells.map((cell) => cell.metadata),
      );
      const injected = await executeNotebook(path, { parameters: { name: "two" } });
      assertEquals(shownText(injected), `two\n${folder}\n`);
      assertEquals(injected.cells.length, 4);
    });
  },
);

Deno.test("executeNotebook() stops at a cell that fails and keeps its error", async () => {
  const notebook = notebookOf(
    PARAMETERS,
    codeCell("console.log(1);"),
    codeCell('throw new RangeError("too <much>");'),
    codeCell("console.log(2);", [{ output_type: "stream", name: "stdout", text: "of yesterday" }]),
  );
  await withNotebook(notebook, async (path) => {
    const executed = await executeNotebook(path, { parameters: { name: "two" } });
    assertEquals(cellErrors(executed), ["code cell 3: RangeError: too <much>"]);
    assertEquals(shownText(executed), "1\n\nRangeError: too <much>");
  });
});

// Deno's kernel sends the text of about one in a hundred cells late.
Deno.test("executeNotebook() loses no text that cells print at their end", async () => {
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index}`);
  const printing = lines.map((line) => codeCell(`console.log("${line}");`));
  await withNotebook(notebookOf(...printing), async (path) => {
    const executed = await executeNotebook(path);
    assertEquals(
      executed.cells.map((cell) => shownText({ ...executed, cells: [cell] })),
      lines.map((line) => `${line}\n`),
    );
  });
  const much = 'for (let line = 0; line < 400; line++) console.log("x".repeat(10_000));';
  await withNotebook(notebookOf(codeCell(much)), async (path) => {
    assertEquals(shownText(await executeNotebook(path)).length, 400 * 10_001);
  });
});

Deno.test("executeNotebook() ends a cell that exceeds its time limit", async () => {
  const notebook = notebookOf(codeCell("await new Promise((done) => setTimeout(done, 60_000));"));
  await withNotebook(notebook, async (path) => {
    const execute = () => executeNotebook(path, { secondsPerCell: 1 });
    const { message } = await assertRejects(execute, UserError, "a.ipynb could not be executed");
    assertStringIncludes(message, "timed out");
  });
});

Deno.test("executeNotebook() says that the kernel ended, and in which cell", async () => {
  const notebook = notebookOf(codeCell("1"), codeCell("Deno.exit(7);"), codeCell("2"));
  await withNotebook(notebook, async (path) => {
    await assertRejects(
      () => executeNotebook(path),
      UserError,
      "a.ipynb could not be executed (code cell 2): the kernel ended with exit status 7",
    );
  });
});

const SHOWS = `
const show = (type: string, text: string, more = {}) =>
  Deno.jupyter.broadcast(type, { data: { "text/html": text }, metadata: {}, transient: {}, ...more });
const pause = () => new Promise((done) => setTimeout(done, 100));
const display = { transient: { display_id: "one" } };
await show("display_data", "first", display);
await show("update_display_data", "second", display);
await pause();`;

/** Cells with each kind of output that Deno's kernel makes. */
const EVERY_OUTPUT = notebookOf(
  textCell("# Title"),
  PARAMETERS,
  codeCell("interface Point {\n  readonly x: number;\n}\nconst point: Point = { x: 1 };\npoint;"),
  codeCell('console.log("out", name);\nconsole.error("err");\nconsole.log("out");\npoint.x + 1;'),
  codeCell(" \n"),
  codeCell(SHOWS),
  codeCell('await show("update_display_data", "third", display);\nawait pause();'),
  codeCell(
    'console.log("gone");\nawait pause();\nawait Deno.jupyter.broadcast("clear_output", {});',
  ),
  codeCell(
    'console.log("gone");\nawait pause();\n' +
      'await Deno.jupyter.broadcast("clear_output", { wait: true });\nawait show("display_data", "last");',
  ),
  codeCell(
    'console.log("kept");\nawait pause();\nconsole.log("too");\n' +
      'await Deno.jupyter.broadcast("clear_output", { wait: true });\nawait pause();',
  ),
  codeCell("let again = 1;\nundefined;"),
  codeCell("let again = 2;\nfunction fail() {\n  throw new TypeError(`no ${again}`);\n}\nfail();"),
  codeCell("again;", [{ output_type: "stream", name: "stdout", text: "of yesterday" }]),
);

Deno.test({
  name: "executeNotebook() makes the same file as Jupyter" +
    (pythonWithNbclient ? "" : " (skipped: there is no nbclient)"),
  ignore: pythonWithNbclient === null,
  fn: () =>
    withNotebook(EVERY_OUTPUT, async (path) => {
      const executed = await executeNotebook(path);
      const ofJupyter = await executeWithNbclient(path, {
        ...EVERY_OUTPUT,
        cells: EVERY_OUTPUT.cells.map((cell) => cell.outputs ? { ...cell, outputs: [] } : cell),
      });
      const text = formatNotebook(executed);
      assertEquals(text, formatNotebook(ofJupyter));
      for (const expected of ["third", "last", "kept", "TypeError: no 2", '"typescript"']) {
        assertStringIncludes(text, expected);
      }
      for (const unexpected of ["first", "gone\\n", "of yesterday"]) {
        assertEquals(shownText(executed).includes(unexpected), false, unexpected);
      }
    }),
});
