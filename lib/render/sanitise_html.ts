// @ts-types="@types/sanitize-html"
import sanitizeHtml from "sanitize-html";

/** The style of tables and pictures: nothing that takes text out of its place, hides others, or loads. */
const STYLES = [
  ...["border-bottom", "border-collapse", "caption-side", "color", "display", "font-size"],
  ...["font-variant-numeric", "font-weight", "gap", "grid-template-columns", "height"],
  ...["image-rendering", "line-height", "margin", "outline", "overflow-x", "padding"],
  ...["text-align", "white-space", "width"],
];
const VALUE = /^(?!.*(url|-\d))[\w\s.,%#()-]*$/i;

/**
 * The part of a cell's HTML that shows something: text, tables and pictures that are in it. Whatever
 * runs, loads, leads away by itself or bears a name of the page's own goes, and each element is closed.
 */
export function sanitiseHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, "caption", "img"],
    allowedAttributes: {
      "*": ["style", "title"],
      a: ["href"],
      img: ["src", "alt"],
      td: ["colspan", "rowspan"],
      th: ["colspan", "rowspan", "scope"],
    },
    allowedSchemes: ["http", "https", "mailto"],
    allowedSchemesByTag: { img: ["data"] },
    allowProtocolRelative: false,
    allowedStyles: { "*": Object.fromEntries(STYLES.map((name) => [name, [VALUE]])) },
  });
}
