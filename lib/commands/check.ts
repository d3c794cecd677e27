import { join } from "node:path";
import { chooseAssertLibrary } from "./assert_library.ts";
import { runCommand } from "./command_line.ts";
import { extractCells } from "./extract_cells.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";

const command = {
  name: "check",
  summary: "Checks formatting, lint and types of everything, the notebooks' cells included.",
  options: {},
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async () => {
    const assertions = await chooseAssertLibrary();
    const cells = await writeCells();
    const lintOptions = ["--quiet", "--rules-exclude=no-import-prefix"];
    const sources = ["lib", "experiments", "tests"];
    const steps: [name: string, args: string[]][] = [
      // Not the notebooks themselves: Deno 2.9.6 calls every one of them unformatted.
      ["formatting", ["fmt", "--check", "--quiet", "deno.json", ...sources, ...cells]],
      ["lint", ["lint", ...lintOptions, ...sources]],
      ["lint of notebooks", ["lint", ...lintOptions, ...cells]],
      ["types", [
        "check",
        "--quiet",
        "--no-lock",
        ...assertions.denoArguments,
        ...sources,
        ...cells,
      ]],
    ];
    let failures = 0;
    for (const [name, args] of steps) {
      const { success } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: PROJECT_ROOT,
        stdout: "inherit",
        stderr: "inherit",
      }).output();
      console.log(`${success ? "ok  " : "FAIL"}  ${name}`);
      if (!success) failures++;
    }
    for (const file of cells) await Deno.remove(file);
    return failures === 0 ? 0 : 1;
  });
}

/** Each notebook's code as a module beside it, so that its relative imports resolve. */
async function writeCells(): Promise<string[]> {
  const folder = join(PROJECT_ROOT, "notebooks");
  const files: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ipynb")) continue;
    const file = join(folder, `.${name.replace(".ipynb", "")}_cells.ts`);
    await Deno.writeTextFile(file, extractCells(await Deno.readTextFile(join(folder, name))));
    files.push(file);
  }
  return files;
}
