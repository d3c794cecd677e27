import { escapeHtml } from "../report/escape_html.ts";
import { type LinkTarget, markdownHtml } from "./markdown.ts";
import type { Summary } from "./summary.ts";

/** The overview: each notebook with its question, and what it found. */
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
