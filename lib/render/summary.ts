import { cellErrors } from "../notebook/cell_errors.ts";
import { VERDICTS_MIME } from "../notebook/mime_types.ts";
import { type Notebook, shownAs } from "../notebook/notebook.ts";
import { outline } from "./markdown.ts";

/** What an overview says of a notebook. */
export interface Summary {
  readonly title: string;
  /** The paragraph that states its question, else its first; Markdown. */
  readonly question: string | null;
  readonly verdicts: readonly { readonly claim: string; readonly verdict: string }[];
  readonly errors: readonly string[];
}

/** @param name the title of a notebook without a heading */
export function summarise(name: string, notebook: Notebook): Summary {
  const texts = notebook.cells.filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => outline(source));
  const paragraphs = texts.flatMap(({ paragraphs }) => paragraphs);
  return {
    title: texts.find(({ title }) => title !== null)?.title ?? name,
    question: paragraphs.find((text) => /^\*\*(The )?question/i.test(text)) ?? paragraphs[0] ??
      null,
    verdicts: (shownAs(notebook, VERDICTS_MIME) as Summary["verdicts"][]).flat(),
    errors: cellErrors(notebook),
  };
}
