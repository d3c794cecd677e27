import { basename } from "node:path";
import { listNotebooks } from "../lib/notebook/list_notebooks.ts";
import { readNotebook } from "../lib/notebook/read_notebook.ts";
import { summaryOf } from "../lib/render/index_html.ts";
import { formatMarkdownTable } from "../lib/report/cell.ts";

/** Makes a table of all notebooks, each with its question and its answer. */
export async function notebookAnswers(): Promise<string> {
  const rows = await Array.fromAsync(await listNotebooks(), async (path) => {
    const file = basename(path);
    const { title, question, answer } = summaryOf(file, await readNotebook(path));
    // "**The question** (ours): who is ahead?"
    const [, by = "", asked = title] =
      /^\*\*The question\*\* \((.*?)\): (.*?\?)/s.exec(question ?? "") ?? [];
    return [`[${basename(file, ".ipynb")}](${file})`, shortly(asked), shortly(answer ?? ""), by];
  });
  return formatMarkdownTable(["notebook", "question", "answer", "whose question"], rows);
}

/** Writes a sentence in one line, with the short form that the page explains. */
function shortly(text: string): string {
  const line = text.replace(/\s+/g, " ").replace(/boundary supporting samples( \(BSS\))?/g, "BSS");
  return line.charAt(0).toUpperCase() + line.slice(1);
}
