import { dirname, resolve } from "node:path";
import { UserError } from "../user_error.ts";
import { CellOutputs, type Displays } from "./cell_outputs.ts";
import { NotebookKernel } from "./kernel/notebook_kernel.ts";
import { type Cell, isInjected, type Notebook } from "./notebook.ts";
import { injectParameters, type Parameters } from "./parameters.ts";
import { readNotebook } from "./read_notebook.ts";

export interface ExecuteOptions {
  /** Values that replace those that the notebook declares. */
  readonly parameters?: Parameters;
  /** Time limit of a cell. Default: none. */
  readonly secondsPerCell?: number;
}

/**
 * Executes a notebook with Deno's kernel in the notebook's folder. Returns it with its outputs, as
 * Jupyter would save it, and leaves the file unchanged. A cell that fails ends the execution; its
 * error is the last output (see `cellErrors`).
 *
 * @throws UserError if a parameter is not declared, the kernel ends or a cell takes too long
 */
export async function executeNotebook(
  path: string,
  { parameters = {}, secondsPerCell }: ExecuteOptions = {},
): Promise<Notebook> {
  const notebook = injectParameters(await readNotebook(path), parameters, path);
  const cells = notebook.cells.map(withoutOutputs);
  let codeCell = 0;
  try {
    await using kernel = await NotebookKernel.start(dirname(resolve(path)));
    const { language_info } = await kernel.info();
    const displays: Displays = new Map();
    for (const [index, cell] of cells.entries()) {
      if (cell.cell_type !== "code") continue;
      if (!isInjected(cell)) codeCell++;
      if (cell.source.trim() === "") continue;
      const outputs = new CellOutputs(displays);
      const answer = kernel.execute(cell.source, (message) => outputs.take(message));
      const { status, execution_count } = await within(answer, secondsPerCell);
      cells[index] = { ...cell, outputs: outputs.list, execution_count } as Cell;
      if (status !== "ok") break;
    }
    return { ...notebook, metadata: { ...notebook.metadata, language_info }, cells };
  } catch (error) {
    const place = codeCell > 0 ? ` (code cell ${codeCell})` : "";
    throw new UserError(`${path} could not be executed${place}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function withoutOutputs(cell: Cell): Cell {
  return cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell;
}

/** @throws Error if an answer does not come in time */
async function within<T>(answer: Promise<T>, seconds?: number): Promise<T> {
  if (seconds === undefined) return await answer;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`timed out after ${seconds} s`)), 1000 * seconds);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
