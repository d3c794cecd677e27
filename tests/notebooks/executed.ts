import { assert, assertEquals } from "@std/assert";
import { cellErrors, type Notebook, outputsOf, PLOTLY_MIME } from "../../lib/notebook/notebook.ts";
import { executeNotebook } from "../../lib/notebook/execute_notebook.ts";
import { notebooksNamed } from "../../lib/notebook/list_notebooks.ts";
import type { Parameters } from "../../lib/notebook/parameters.ts";
import { findChromium } from "../../lib/report/find_chromium.ts";

/** Executes one of the project's notebooks to its last cell, with other parameters. */
export async function executed(name: string, parameters: Parameters): Promise<Notebook> {
  const [path] = await notebooksNamed([name]);
  const notebook = await executeNotebook(path, { parameters, secondsPerCell: 600 });
  assertEquals(cellErrors(notebook), []);
  return notebook;
}

/**
 * Checks the number of a notebook's figures, and that each has its picture if there is a browser.
 */
export async function assertFigures(notebook: Notebook, count: number): Promise<void> {
  const figures = outputsOf(notebook).flatMap((output) =>
    "data" in output && PLOTLY_MIME in output.data ? [output.data] : []
  );
  assertEquals(figures.length, count);
  if (await findChromium() === null) return;
  assert(figures.every((data) => "image/png" in data), "a figure without its picture");
}
