import { stripVTControlCharacters } from "node:util";
import { PLOTLY_MIME } from "../notebook/mime_types.ts";
import type { DataOutput, ErrorOutput, Output } from "../notebook/notebook.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { figureElement } from "./figure_element.ts";
import { sanitiseHtml } from "./sanitise_html.ts";

/** What a cell shows, as HTML; of several forms the one that says most. */
export function outputHtml(output: Output): string {
  if (output.output_type === "stream") return textHtml(output.text, output.name);
  if (output.output_type === "error") return errorHtml(output);
  return dataHtml(output);
}

function dataHtml({ data }: DataOutput): string {
  const picture = data["image/png"];
  if (PLOTLY_MIME in data) return figureElement(data[PLOTLY_MIME], picture as string | undefined);
  const html = data["text/html"];
  if (html !== undefined) {
    return `<div class="output" tabindex="0">${sanitiseHtml(String(html))}</div>`;
  }
  const text = String(data["text/plain"] ?? "");
  if (picture === undefined) return textHtml(text, "result");
  return `<div class="output"><img alt="${escapeHtml(text)}" ` +
    `src="data:image/png;base64,${escapeHtml(String(picture).trim())}"></div>`;
}

function errorHtml({ ename, evalue, traceback }: ErrorOutput): string {
  // A message to the user says it all; where in the code it was thrown says nothing to a reader.
  const trace = ename === "UserError" ? "" : textHtml(traceback.join("\n"), "traceback");
  return `<div class="error" role="alert"><strong>This cell stopped.</strong> ` +
    `${escapeHtml(`${ename}: ${evalue}`)}${trace}</div>`;
}

function textHtml(text: string, kind: string): string {
  const plain = stripVTControlCharacters(text).trimEnd();
  return plain && `<pre class="${kind}" tabindex="0">${escapeHtml(plain)}</pre>`;
}
