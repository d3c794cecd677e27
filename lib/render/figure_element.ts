import { escapeHtml } from "../report/escape_html.ts";
import type { AnyTrace, Figure } from "../report/figure.ts";
import { jsonForScript } from "../report/json_for_script.ts";

/**
 * A figure for `draw.js`, which puts Plotly's drawing in place of the picture. The title stands
 * above it as text, which breaks into lines on a narrow screen.
 *
 * @param figure Plotly's data, layout and config
 * @param picture a PNG in base 64
 */
export function figureElement(figure: unknown, picture?: string): string {
  const title = escapeHtml(plainText((figure as Figure<AnyTrace>).layout?.title?.text ?? ""));
  const still = picture === undefined
    ? `<p>[a figure that needs JavaScript]</p>`
    : `<img alt="" src="data:image/png;base64,${escapeHtml(picture.trim())}">`;
  return `<figure class="figure"><figcaption>${title}</figcaption>` +
    `<script type="application/json">${jsonForScript(figure)}</script>` +
    `<div class="still">${still}</div></figure>`;
}

/** The text that Plotly shows for this one of its own: it takes entities for characters. */
function plainText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
