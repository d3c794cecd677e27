import { basename } from "node:path";
import { listNotebooks } from "../lib/notebook/list_notebooks.ts";
import { readNotebook } from "../lib/notebook/read_notebook.ts";
import { summaryOf } from "../lib/render/index_html.ts";
import { formatMarkdownTable } from "../lib/report/cell.ts";

/** Makes a table of the notebooks that ask a question, with their answers. */
export async function notebookAnswers(): Promise<string> {
  const rows: string[][] = [];
  for (const path of await listNotebooks()) {
    const file = basename(path);
    const { question, answer } = summaryOf(file, await readNotebook(path));
    // "**The question** (ours): who is ahead?"
    const [, by, asked] = /^\*\*The question\*\* \((.*?)\): (.*?\?)/s.exec(question ?? "") ?? [];
    if (asked === undefined) continue;
    rows.push([
      `[${basename(file, ".ipynb")}](${file})`,
      shortly(asked),
      shortly(answer ?? ""),
      by,
    ]);
  }
  return formatMarkdownTable(["notebook", "question", "answer", "whose question"], rows);
}

/** Writes a sentence in one line, with the short form that the page explains. */
function shortly(text: string): string {
  const line = text.replace(/\s+/g, " ").replace(/boundary supporting samples( \(BSS\))?/g, "BSS");
  return line.charAt(0).toUpperCase() + line.slice(1);
}
