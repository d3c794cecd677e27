import { escapeHtml } from "../report/escape_html.ts";
import { type LinkTarget, markdownHtml, outline } from "./markdown.ts";
import { cellErrors, type Notebook, shownAs, VERDICTS_MIME } from "../notebook/notebook.ts";

/** Makes the overview: each notebook with its question and its verdicts. */
export function indexHtml(
  entries: readonly { readonly href: string; readonly summary: Summary }[],
  target: LinkTarget,
): string {
  const items = entries.map(({ href, summary }) => entryHtml(href, summary, target));
  return `<h1>Notebooks</h1><ul class="index">${items.join("\n")}</ul>`;
}

function entryHtml(href: string, summary: Summary, target: LinkTarget): string {
  const { title, question, verdicts, errors } = summary;
  const stopped = errors.map((error) => `<div class="error">${escapeHtml(error)}</div>`);
  return `<li><h2><a href="${escapeHtml(href)}">${escapeHtml(title)}</a></h2>` +
    (question === null ? "" : markdownHtml(question, target)) +
    verdictsHtml(verdicts) + stopped.join("") + "</li>";
}

function verdictsHtml(verdicts: Summary["verdicts"]): string {
  if (verdicts.length === 0) return "";
  const lines = verdicts.map(({ claim, verdict }) =>
    `<div><dt>${escapeHtml(claim)}</dt><dd>${escapeHtml(verdict)}</dd></div>`
  );
  return `<dl class="verdicts">${lines.join("")}</dl>`;
}

/** The overview's entry for a notebook. */
interface Summary {
  readonly title: string;
  /** The paragraph with its question, else its first paragraph; Markdown. */
  readonly question: string | null;
  readonly verdicts: readonly { readonly claim: string; readonly verdict: string }[];
  readonly errors: readonly string[];
}

/** @param name the title of a notebook without a heading */
export function summaryOf(name: string, notebook: Notebook): Summary {
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
