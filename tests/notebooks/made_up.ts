import type { Cell, Notebook, Output } from "../../lib/notebook/notebook.ts";

export function notebookOf(...cells: Cell[]): Notebook {
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

export function textCell(source: string): Cell {
  return { cell_type: "markdown", id: crypto.randomUUID(), metadata: {}, source };
}

export function codeCell(source: string, outputs: Output[] = [], tags?: string[]): Cell {
  const metadata = tags ? { tags } : {};
  const id = crypto.randomUUID();
  return { cell_type: "code", id, metadata, source, outputs, execution_count: null };
}

/** Makes an output with the given forms. */
export function shownData(data: Record<string, unknown>): Output {
  return { output_type: "display_data", data, metadata: {} };
}

export function errorOutput(ename: string, evalue: string): Output {
  return { output_type: "error", ename, evalue, traceback: [`${ename}: ${evalue}`, "  at a.ts:1"] };
}
