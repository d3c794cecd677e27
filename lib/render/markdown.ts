import MarkdownIt from "markdown-it";

/** Shows HTML in the text as text. Makes no link that would run a script. */
const markdown = new MarkdownIt({ html: false }).disable("image");

type Token = ReturnType<typeof markdown.parse>[number];

/** Replaces the target of a link; `null` keeps only the link's text. */
export type LinkTarget = (href: string) => string | null;

/** Converts Markdown to HTML that holds only text, markup, and the links that `target` allows. */
export function markdownHtml(text: string, target: LinkTarget): string {
  const tokens = markdown.parse(text, {});
  for (const { children } of tokens) if (children) redirectLinks(children, target);
  return markdown.renderer.render(tokens, markdown.options, {});
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
