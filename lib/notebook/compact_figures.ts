import os from "node:os";
import { resolve } from "node:path";
import { codeCells, type Notebook, type Output, PLOTLY_MIME } from "./notebook.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";

/**
 * Makes a notebook small enough to commit. Figures keep their data and their picture, which code
 * hosts show. They lose the HTML that holds Plotly, a megabyte that differs with each version.
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

/**
 * Finds code cells that show a path of this machine: "code cell 3 shows /home/…". Such a path means
 * nothing on another machine.
 */
export function pathsShown(notebook: Notebook): string[] {
  const folders = [resolve(PROJECT_ROOT), resolve(os.homedir())].filter((path) => path.length > 1);
  return codeCells(notebook).flatMap(({ outputs = [] }, index) => {
    const text = JSON.stringify(outputs);
    return folders.filter((folder) => text.includes(JSON.stringify(`${folder}/`).slice(1, -1)))
      .map((folder) => `code cell ${index + 1} shows ${folder}/…`);
  });
}
