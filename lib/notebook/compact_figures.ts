import { PLOTLY_MIME } from "./mime_types.ts";
import type { Notebook, Output } from "./notebook.ts";

/**
 * A notebook to be committed: figures keep their data and their picture, which code hosts show, but not
 * the page that holds all of Plotly, a megabyte that differs with each of its versions.
 */
export function compactFigures(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.outputs ? { ...cell, outputs: cell.outputs.map(compact) } : cell
    ),
  };
}

function compact(output: Output): Output {
  if (!("data" in output) || !(PLOTLY_MIME in output.data) || !("image/png" in output.data)) {
    return output;
  }
  const { "text/html": _, ...data } = output.data;
  return { ...output, data };
}
