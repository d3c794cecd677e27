import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../lib/files/find_program.ts";

const NOTEBOOKS = fileURLToPath(new URL("../../notebooks", import.meta.url));

/** The Jupyter command that executes notebooks, or null. */
export const jupyter = await findProgram(["jupyter-nbconvert"]);

export interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface ExecutedCell {
  readonly source: string;
  readonly outputs: readonly Output[];
}

/**
 * Executes a copy of a notebook with nbconvert and Deno's kernel, in the folder of the notebooks so
 * that its imports resolve, and gives its code cells.
 *
 * @throws Error with nbconvert's message if a cell fails
 */
export async function executeNotebook(
  name: string,
  environment: Record<string, string>,
): Promise<ExecutedCell[]> {
  const folder = await Deno.makeTempDir();
  const copy = join(NOTEBOOKS, `.executing_${crypto.randomUUID().slice(0, 8)}_${name}`);
  try {
    await writeKernelSpec(folder);
    await Deno.copyFile(join(NOTEBOOKS, name), copy);
    const { success, stderr } = await new Deno.Command(jupyter!, {
      args: ["--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=600", copy],
      env: { ...environment, JUPYTER_PATH: folder, NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const executed = copy.replace(/\.ipynb$/, ".nbconvert.ipynb");
    const notebook = JSON.parse(await Deno.readTextFile(executed));
    return codeCells(notebook);
  } finally {
    await removeExecuted(copy);
    await Deno.remove(folder, { recursive: true });
  }
}

/** A committed notebook's code cells with their outputs. */
export async function committedCells(name: string): Promise<ExecutedCell[]> {
  return codeCells(JSON.parse(await Deno.readTextFile(join(NOTEBOOKS, name))));
}

/** All that a notebook shows, in the form asked for. */
export function shown(cells: readonly ExecutedCell[], form?: string): string {
  return cells.flatMap(({ outputs }) => outputs.map((output) => textOf(output, form))).join("\n");
}

/** The text of an output in the form asked for, wherever the format keeps it. */
export function textOf(output: Output, form = "text/plain"): string {
  const text = output.data ? output.data[form] : output.text;
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

function codeCells(notebook: { cells: (ExecutedCell & { cell_type: string })[] }): ExecutedCell[] {
  return notebook.cells.filter(({ cell_type }) => cell_type === "code").map((cell) => ({
    source: Array.isArray(cell.source) ? cell.source.join("") : cell.source,
    outputs: cell.outputs,
  }));
}

/** One that Stop interrupts instead of killing it, for this very Deno. */
async function writeKernelSpec(folder: string): Promise<void> {
  const kernel = join(folder, "kernels", "deno");
  await Deno.mkdir(kernel, { recursive: true });
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "message",
  };
  await Deno.writeTextFile(join(kernel, "kernel.json"), JSON.stringify(spec));
}

async function removeExecuted(copy: string): Promise<void> {
  const stem = basename(copy, ".ipynb");
  for await (const { name } of Deno.readDir(dirname(copy))) {
    if (name.startsWith(stem)) await Deno.remove(join(dirname(copy), name));
  }
}
