import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { executionTest } from "./needs_nbclient.ts";
import { codeCell, notebookOf, textCell } from "./made_up.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { cellErrors, type Notebook, outputsOf, shownText } from "../../lib/notebook/notebook.ts";
import { executeNotebook } from "../../lib/notebook/execute_notebook.ts";
import { writeNotebook } from "../../lib/notebook/write_notebook.ts";
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

executionTest(
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

executionTest("executeNotebook() stops at a cell that fails and keeps its error", async () => {
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
executionTest("executeNotebook() loses no text that cells print at their end", async () => {
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index}`);
  const printing = lines.map((line) => codeCell(`console.log("${line}");`));
  await withNotebook(notebookOf(...printing), async (path) => {
    const executed = await executeNotebook(path);
    assertEquals(
      executed.cells.map((cell) => shownText({ ...executed, cells: [cell] })),
      lines.map((line) => `${line}\n`),
    );
  });
});

executionTest("executeNotebook() ends a cell that exceeds its time limit", async () => {
  const notebook = notebookOf(codeCell("await new Promise((done) => setTimeout(done, 60_000));"));
  await withNotebook(notebook, async (path) => {
    const execute = () => executeNotebook(path, { secondsPerCell: 1 });
    const { message } = await assertRejects(execute, UserError, "a.ipynb could not be executed");
    assertStringIncludes(message, "timed out");
  });
});

Deno.test("executeNotebook() says what to install if nbclient is missing", async () => {
  await withNotebook(notebookOf(codeCell("1")), async (path) => {
    await withEnvironment({ PATH: "/nowhere" }, async () => {
      await assertRejects(() => executeNotebook(path), UserError, "python3-nbclient");
    });
  });
});
