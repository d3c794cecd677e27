import { basename, dirname, join } from "node:path";
import { chooseAssertLibrary } from "./assert_library.ts";
import { runCommand } from "./command_line.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { extractCells } from "../notebook/notebook.ts";
import { listNotebooks } from "../notebook/list_notebooks.ts";
import { notebookProblems } from "../notebook/notebook_problems.ts";
import { readNotebook } from "../notebook/read_notebook.ts";
import { printableLines } from "../files/printable.ts";

const command = {
  name: "check",
  summary:
    "Checks formatting, lint and types of all code, also in notebooks. Checks that the notebooks\n" +
    "have outputs without errors, made from the current results.",
  options: {},
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async () => {
    const assertions = await chooseAssertLibrary();
    const notebooks = await listNotebooks();
    const cells = notebooks.map(cellsFile);
    const lintOptions = ["--quiet", "--rules-exclude=no-import-prefix"];
    const sources = ["lib", "experiments", "tests"];
    const steps: [name: string, args: string[]][] = [
      // Without the notebooks themselves: Deno 2.9.6 reports every notebook as unformatted.
      ["formatting", ["fmt", "--check", "deno.json", ...sources, ...cells]],
      ["lint", ["lint", ...lintOptions, ...sources]],
      ["lint of notebooks", ["lint", ...lintOptions, ...cells]],
      ["types", [
        "check",
        "--doc",
        "--quiet",
        ...assertions.denoArguments,
        ...sources,
        ...cells,
      ]],
    ];
    let failures = 0;
    try {
      await Promise.all(notebooks.map(writeCells));
      for (const [name, args] of steps) {
        const { success } = await new Deno.Command(Deno.execPath(), {
          args,
          cwd: PROJECT_ROOT,
          stdout: "inherit",
          stderr: "inherit",
        }).output();
        const remedy = name === "formatting"
          ? "; deno fmt lib experiments tests fixes files; edit the cells of notebooks (.NAME_cells.ts)"
          : "";
        console.log(success ? `ok    ${name}` : `FAIL  ${name}${remedy}`);
        if (!success) failures++;
      }
    } finally {
      for (const file of cells) await Deno.remove(file).catch(() => {});
    }
    if (!await checkOutputs(notebooks)) failures++;
    return failures === 0 ? 0 : 1;
  });
}

/** Names the module of a notebook's code. It lies beside the notebook, so that relative imports resolve. */
function cellsFile(path: string): string {
  return join(dirname(path), `.${basename(path, ".ipynb")}_cells.ts`);
}

async function writeCells(path: string): Promise<void> {
  await Deno.writeTextFile(cellsFile(path), extractCells(await readNotebook(path)));
}

/** Returns true if every notebook's outputs are up to date; else prints the problems. */
async function checkOutputs(notebooks: readonly string[]): Promise<boolean> {
  let isCurrent = true;
  for (const path of notebooks) {
    const name = basename(path, ".ipynb");
    const problems = await notebookProblems(path, await readNotebook(path));
    for (const problem of problems) console.error(`${name}.ipynb ${printableLines(problem)}`);
    if (problems.length === 0) continue;
    console.error(`  to make new outputs: deno task render --in-place ${name}`);
    isCurrent = false;
  }
  console.log(`${isCurrent ? "ok  " : "FAIL"}  outputs of notebooks`);
  return isCurrent;
}
