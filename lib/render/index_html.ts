import { escapeHtml } from "../report/escape_html.ts";
import type { NotebookVerdict } from "../report/with_verdicts.ts";
import type { LeaderboardLine } from "./forest_plot.ts";
import { leaderboardHtml } from "./leaderboard.ts";
import { type LinkTarget, markdownHtml, outline } from "./markdown.ts";
import { cellErrors, type Notebook, shownAs, VERDICTS_MIME } from "../notebook/notebook.ts";

/** The title of the overview. */
export const INDEX_TITLE = "Do boundary supporting samples help?";

const INTRODUCTION =
  "A boundary supporting sample (BSS) is an image that an attack has moved to a teacher's decision " +
  "boundary. Heo et al. (AAAI 2019) also train students on BSS. These pages test the paper's claims, and " +
  "some more, by training students anew.";

/** A page with its address and its part of the overview. */
interface Entry {
  readonly href: string;
  readonly summary: Summary;
}

/** Makes the overview: the answer so far, then each notebook with its question and its answer. */
export function indexHtml(entries: readonly Entry[], target: LinkTarget): string {
  const lines = entries.flatMap(({ href, summary: { verdicts } }) =>
    verdicts.flatMap(({ evidence, ...verdict }): LeaderboardLine[] =>
      evidence ? [{ ...verdict, evidence, href }] : []
    )
  );
  const items = entries.map(({ href, summary }) => entryHtml(href, summary, target));
  return `<h1>${INDEX_TITLE}</h1><p>${INTRODUCTION}</p>${leaderboardHtml(lines)}` +
    `<section><h2 id="pages">Pages</h2><ul class="index">${items.join("\n")}</ul></section>`;
}

function entryHtml(href: string, summary: Summary, target: LinkTarget): string {
  const { title, question, answer, verdicts, errors } = summary;
  const stopped = errors.map((error) => `<div class="error">${escapeHtml(error)}</div>`);
  const inWords = verdicts.filter(({ evidence }) => evidence === undefined);
  return `<li><h3><a href="${escapeHtml(href)}">${escapeHtml(title)}</a></h3>` +
    (question === null ? "" : markdownHtml(question, target)) +
    (answer === null ? "" : markdownHtml(`**The answer**: ${answer}`, target)) +
    verdictsHtml(inWords) + stopped.join("") + "</li>";
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
  /** The sentence in bold that another paragraph starts with */
  readonly answer: string | null;
  readonly verdicts: readonly NotebookVerdict[];
  readonly errors: readonly string[];
}

/** @param name the title of a notebook without a heading */
export function summaryOf(name: string, notebook: Notebook): Summary {
  const texts = notebook.cells.filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => outline(source));
  const paragraphs = texts.flatMap(({ paragraphs }) => paragraphs);
  const [answer = null] = paragraphs.flatMap((text) =>
    /^\*\*(?!The question)([^*]+\.)\*\*/i.exec(text)?.[1] ?? []
  );
  return {
    title: texts.find(({ title }) => title !== null)?.title ?? name,
    question: paragraphs.find((text) => /^\*\*(The )?question/i.test(text)) ?? paragraphs[0] ??
      null,
    answer,
    verdicts: (shownAs(notebook, VERDICTS_MIME) as Summary["verdicts"][]).flat(),
    errors: cellErrors(notebook),
  };
}
