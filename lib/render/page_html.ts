import { sha256 } from "../files/sha256.ts";
import { escapeHtml } from "../report/escape_html.ts";
import type { Assets } from "./assets.ts";

export interface Page {
  /** Plain text */
  readonly title: string;
  /** HTML */
  readonly body: string;
  /** HTML */
  readonly footer: string;
}

/**
 * A whole page. Its content security policy lets it load nothing but its own style sheet, scripts and
 * pictures: nothing comes from a network, and no script that a cell's output holds is run, not even one
 * from a file beside the page.
 */
export function pageHtml({ title, body, footer }: Page, assets: Assets): string {
  // Nobody can write it into the body, of which it is the hash.
  const nonce = sha256(body);
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self' file: 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
${assets.styles}
</head>
<body>
${body}
<footer>${footer}</footer>
${assets.scripts(nonce)}
</body>
</html>
`;
}
