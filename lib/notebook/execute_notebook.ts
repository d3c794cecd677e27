import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../user_error.ts";
import { findNbclient, NBCLIENT_MISSING } from "./find_nbclient.ts";
import { jupyterPath, writeKernelSpec } from "./kernel_spec.ts";
import type { Cell, Notebook, Output } from "./notebook.ts";
import { injectParameters, type Parameters } from "./parameters.ts";
import { readNotebook } from "./read_notebook.ts";
import { writeNotebook } from "./write_notebook.ts";

const SCRIPT = fileURLToPath(new URL("execute_notebook.py", import.meta.url));

export interface ExecuteOptions {
  /** Values that replace those that the notebook declares. */
  readonly parameters?: Parameters;
  /** Time limit of a cell. Default: none. */
  readonly secondsPerCell?: number;
}

/**
 * Executes a notebook with nbclient and Deno's kernel in the notebook's folder. Returns it with its
 * outputs and leaves the file unchanged. A cell that fails ends the execution; its error is the
 * last output (see `cellErrors`).
 *
 * @throws UserError if nbclient is missing, a parameter is not declared, the kernel dies or a cell
 *   takes too long
 */
export async function executeNotebook(
  path: string,
  { parameters = {}, secondsPerCell = 0 }: ExecuteOptions = {},
): Promise<Notebook> {
  const notebook = injectParameters(await readNotebook(path), parameters, path);
  const python = await findNbclient();
  if (python === null) throw new UserError(NBCLIENT_MISSING);
  const folder = await Deno.makeTempDir({ prefix: "bss-notebook-" });
  try {
    await writeKernelSpec(folder);
    const [source, target] = ["source.ipynb", "executed.ipynb"].map((name) => join(folder, name));
    await writeNotebook(source, { ...notebook, cells: notebook.cells.map(withoutOutputs) });
    const { success, stderr } = await new Deno.Command(python, {
      args: [SCRIPT, source, target, dirname(resolve(path)), String(secondsPerCell)],
      env: { JUPYTER_PATH: jupyterPath(folder), NO_COLOR: "1" },
      stdout: "null",
    }).output();
    if (!success) throw executionError(path, new TextDecoder().decode(stderr));
    const executed = await readNotebook(target);
    return { ...executed, cells: executed.cells.map(withJoinedStreams) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function withoutOutputs(cell: Cell): Cell {
  return cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell;
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

function executionError(path: string, said: string): UserError {
  return new UserError(`${path} could not be executed. nbclient said:\n${said.trim()}`);
}
