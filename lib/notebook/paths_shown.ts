import os from "node:os";
import { resolve } from "node:path";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { codeCells, type Notebook } from "./notebook.ts";

/**
 * Which code cells show a path of this machine, which means nothing on another: "code cell 3 shows
 * /home/…".
 */
export function pathsShown(notebook: Notebook): string[] {
  const folders = [resolve(PROJECT_ROOT), resolve(os.homedir())].filter((path) => path.length > 1);
  return codeCells(notebook).flatMap(({ outputs = [] }, index) => {
    const text = JSON.stringify(outputs);
    return folders.filter((folder) => text.includes(JSON.stringify(`${folder}/`).slice(1, -1)))
      .map((folder) => `code cell ${index + 1} shows ${folder}/…`);
  });
}
