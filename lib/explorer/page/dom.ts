/// <reference lib="dom" />
// The library's other modules run without a page, so only this folder asks for the page's types.

/** Finds the element of a page's part that the selector names. */
export function find<E extends Element = HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Makes an element of HTML with attributes and children. */
export function make(
  tag: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: (Node | string)[]
): HTMLElement {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an element of a drawing with attributes and children. */
export function draw(
  tag: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: (Node | string)[]
): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill<E extends Element>(
  element: E,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly (Node | string)[],
): E {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.append(...children);
  return element;
}
