import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isFile } from "../../lib/files/find_program.ts";
import { isHidden } from "../../lib/files/hidden.ts";
import { jupyterPath, writeKernelSpec } from "../../lib/notebook/kernel_spec.ts";
import type { Cell, Notebook, Output } from "../../lib/notebook/notebook.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";
import { writeNotebook } from "../../lib/notebook/write_notebook.ts";

const SCRIPT = fileURLToPath(new URL("execute_with_nbclient.py", import.meta.url));

/** The first python3 on the search path that has nbclient, else null. */
export const pythonWithNbclient = isHidden("python") ? null : await findNbclient();

/** Executes a notebook with Jupyter's own client and the kernel of `lab`. */
export async function executeWithNbclient(path: string, notebook: Notebook): Promise<Notebook> {
  const folder = await Deno.makeTempDir({ prefix: "bss-notebook-" });
  try {
    await writeKernelSpec(folder);
    const [source, target] = ["source.ipynb", "executed.ipynb"].map((name) => join(folder, name));
    await writeNotebook(source, notebook);
    const { success, stderr } = await new Deno.Command(pythonWithNbclient!, {
      args: [SCRIPT, source, target, dirname(resolve(path))],
      env: { JUPYTER_PATH: jupyterPath(folder), NO_COLOR: "1" },
      stdout: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const executed = await readNotebook(target);
    return { ...executed, cells: executed.cells.map(withJoinedStreams) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function findNbclient(): Promise<string | null> {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of folders) {
    const python = join(folder, "python3");
    if (await isFile(python) && await hasNbclient(python)) return python;
  }
  return null;
}

async function hasNbclient(python: string): Promise<boolean> {
  const { success } = await new Deno.Command(python, {
    args: ["-c", "import nbclient, nbformat"],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** Joins the pieces of printed text, which are cut differently each time. */
function withJoinedStreams(cell: Cell): Cell {
  if (!cell.outputs) return cell;
  const outputs: Output[] = [];
  for (const output of cell.outputs) {
    const before = outputs.at(-1);
    if (
      output.output_type === "stream" && before?.output_type === "stream" &&
      output.name === before.name
    ) {
      outputs[outputs.length - 1] = { ...before, text: before.text + output.text };
    } else {
      outputs.push(output);
    }
  }
  return { ...cell, outputs };
}
