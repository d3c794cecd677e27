import MarkdownIt from "markdown-it";
import { escapeHtml } from "../report/escape_html.ts";

/** Shows HTML in the text as text; tables and code scroll in a box. Makes no link that would run a script. */
const markdown = new MarkdownIt({ html: false }).disable("image");

markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>';
markdown.renderer.rules.table_close = () => "</table></div>";
for (const rule of ["fence", "code_block"] as const) {
  markdown.renderer.rules[rule] = (tokens, index) =>
    `<pre tabindex="0"><code>${escapeHtml(tokens[index].content)}</code></pre>\n`;
}

markdown.renderer.rules.heading_close = (tokens, index) =>
  `${tokens[index].meta?.link ?? ""}</${tokens[index].tag}>\n`;

type Token = ReturnType<typeof markdown.parse>[number];

/** Replaces the target of a link; `null` keeps only the link's text. */
export type LinkTarget = (href: string) => string | null;

/** Chooses the id of a heading, by its level and its title. */
export type Anchor = (level: number, title: string) => string;

/**
 * Converts Markdown to HTML that holds only text, markup, and the links that `target` allows.
 *
 * @param anchor if given, headings below the first level get ids, and links to themselves
 */
export function markdownHtml(text: string, target: LinkTarget, anchor?: Anchor): string {
  const tokens = markdown.parse(text, {});
  for (const { children } of tokens) if (children) redirectLinks(children, target);
  if (anchor) tokens.forEach((_, index) => linkHeading(tokens.slice(index), anchor));
  return markdown.renderer.render(tokens, markdown.options, {});
}

function linkHeading([open, content, close]: readonly Token[], anchor: Anchor): void {
  const level = Number(open.tag.slice(1));
  if (open.type !== "heading_open" || level < 2) return;
  const title = plainText(content.children ?? []);
  const id = anchor(level, title);
  open.attrSet("id", id);
  close.meta = {
    link: ` <a class="anchor" href="#${escapeHtml(id)}" ` +
      `aria-label="Link to ${escapeHtml(title)}">#</a>`,
  };
}

function redirectLinks(tokens: Token[], target: LinkTarget): void {
  let open: Token | null = null;
  for (const token of tokens) {
    if (token.type === "link_open") {
      open = token;
      const href = target(String(token.attrGet("href")));
      if (href === null) token.hidden = true;
      else token.attrSet("href", href);
    } else if (token.type === "link_close" && open?.hidden) {
      token.hidden = true;
    }
  }
}

/** Finds a text's first-level heading (as plain text) and its paragraphs (as Markdown). */
export function outline(text: string): { title: string | null; paragraphs: string[] } {
  const tokens = markdown.parse(text, {});
  const inside = (type: string, tag: string) =>
    tokens.flatMap((token, index) =>
      token.type === type && token.tag === tag && token.level === 0 ? [tokens[index + 1]] : []
    );
  const [heading] = inside("heading_open", "h1");
  return {
    title: heading ? plainText(heading.children ?? []) : null,
    paragraphs: inside("paragraph_open", "p").map(({ content }) => content),
  };
}

function plainText(tokens: readonly Token[]): string {
  return tokens.map(({ type, content }) => type === "softbreak" ? " " : content).join("");
}
