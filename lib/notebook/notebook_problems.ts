import { dirname, resolve } from "node:path";
import { readManifest, resultFile } from "../store/manifest.ts";
import {
  cellErrors,
  codeCells,
  INPUTS_MIME,
  isInjected,
  type Notebook,
  shownAs,
} from "./notebook.ts";

interface Inputs {
  /** A results folder, from the notebook's folder. */
  readonly folder: string;
  /** SHA-256 by the result's name. */
  readonly results: Readonly<Record<string, string>>;
}

/**
 * Why a notebook's outputs are not what its cells would show: they are not there, hold an error, come
 * from other parameters, or from results that have changed since or are gone. Empty when all is well.
 *
 * @param path of the notebook's file
 * @throws UserError when a manifest is damaged
 */
export async function notebookProblems(path: string, notebook: Notebook): Promise<string[]> {
  const cells = codeCells(notebook);
  if (cells.length > 0 && cells.every(({ outputs = [] }) => outputs.length === 0)) {
    return ["holds no outputs"];
  }
  const inputs = shownAs(notebook, INPUTS_MIME) as Inputs[];
  const changed = await Promise.all(inputs.map((each) => changedResults(dirname(path), each)));
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
