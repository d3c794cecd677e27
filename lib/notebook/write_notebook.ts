import { writeAtomically } from "../files/write_atomically.ts";
import type { Cell, Notebook, Output } from "./notebook.ts";
import { parseNotebook } from "./read_notebook.ts";

/**
 * Writes a notebook as Jupyter does, with sorted keys and texts cut into lines. Version control
 * then shows readable differences.
 *
 * @throws UserError if the file cannot be written; the old file is then unchanged
 */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeAtomically(
    path,
    formatNotebook(notebook),
    (written) => parseNotebook(new TextDecoder().decode(written), path),
  );
}

/** Formats a notebook as the text of its file. */
export function formatNotebook(notebook: Notebook): string {
  const content = { ...notebook, cells: notebook.cells.map(cellInLines) };
  return JSON.stringify(content, sortKeys, 1) + "\n";
}

function cellInLines(cell: Cell) {
  const { outputs } = cell;
  return {
    ...cell,
    source: lines(cell.source),
    ...(outputs ? { outputs: outputs.map(outputInLines) } : {}),
  };
}

function outputInLines(output: Output) {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) =>
    [type, type.startsWith("text/") ? lines(value as string) : value] as const
  );
  return { ...output, data: Object.fromEntries(data) };
}

/** Splits text into lines; each line keeps its line break. */
function lines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function sortKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
