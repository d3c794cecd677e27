import { dirname, resolve } from "node:path";
import { readManifest, resultFile } from "../store/manifest.ts";
import {
  cellErrors,
  codeCells,
  type Inputs,
  inputsOf,
  isInjected,
  type Notebook,
} from "./notebook.ts";

/**
 * Finds the reasons why a notebook's outputs are out of date: outputs are missing, hold an error,
 * or were made with other parameters or from results that have changed or are gone.
 *
 * @param path path of the notebook's file
 * @throws UserError if a manifest is damaged
 */
export async function notebookProblems(path: string, notebook: Notebook): Promise<string[]> {
  const cells = codeCells(notebook);
  if (cells.length > 0 && cells.every(({ outputs = [] }) => outputs.length === 0)) {
    return ["holds no outputs"];
  }
  const changed = await Promise.all(
    inputsOf(notebook).map((each) => changedResults(dirname(path), each)),
  );
  return [
    ...cellErrors(notebook).map((error) => `holds an error: ${error}`),
    ...cells.some(isInjected) ? ["shows other parameters than it declares"] : [],
    ...changed.flat(),
  ];
}

async function changedResults(from: string, { folder, results }: Inputs): Promise<string[]> {
  const manifest = await readManifest(resolve(from, folder));
  return Object.entries(results).flatMap(([name, hash]) => {
    const entry = manifest[resultFile(name)];
    if (!entry) return [`was made from ${folder}/${name}, which is gone`];
    return entry.sha256 === hash ? [] : [`is older than ${folder}/${name}`];
  });
}
