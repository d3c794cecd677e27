/** The look of one method's lines and points in every figure. Dashes and symbols are Plotly's. */
export interface MethodStyle {
  /** "#rrggbb" */
  readonly colour: string;
  /** Tells methods apart where colours do not: in grey prints, and for colour-blind readers. */
  readonly dash: string;
  readonly symbol: string;
}

/**
 * Black, blue, vermilion, green and purple are from Okabe and Ito (2008). Their other colours are
 * too faint for lines on white. The four darker colours and the light blue were chosen so that
 * red-blind and green-blind readers can tell any two apart. If two are alike in grey, dash and
 * symbol differ.
 */
const METHODS: Readonly<Record<string, MethodStyle>> = {
  original: { colour: "#000000", dash: "dot", symbol: "circle" },
  hinton: { colour: "#0072b2", dash: "dash", symbol: "square" },
  fitnet: { colour: "#009e73", dash: "dashdot", symbol: "triangle-up" },
  attention: { colour: "#cc79a7", dash: "dash", symbol: "x" },
  "attention+hinton": { colour: "#5c0a35", dash: "9px,3px,2px,3px,2px,3px", symbol: "hourglass" },
  fsp: { colour: "#8a3000", dash: "4px,2px", symbol: "cross" },
  bss: { colour: "#d55e00", dash: "solid", symbol: "diamond" },
  "fsp+bss": { colour: "#1a1a8c", dash: "solid", symbol: "star" },
  dkd: { colour: "#7887f5", dash: "dot", symbol: "triangle-down" },
  similarity: { colour: "#4b6969", dash: "dashdot", symbol: "pentagon" },
};

/** Styles for other names. The styles of the least used methods come first. */
const STYLES = Object.values(METHODS).reverse();

/**
 * Chooses a style for each method. A method of the library always has the same style. Other names,
 * such as "bss, 16 base samples", take the unused styles in alphabetical order, then the same
 * colours with hollow symbols and other dashes. After 20 styles the first comes again.
 */
export function methodStyles(methods: Iterable<string>): Map<string, MethodStyle> {
  const asked = [...new Set(methods)];
  const isKnown = (method: string) => Object.hasOwn(METHODS, method);
  const taken = asked.filter(isKnown).map((method) => METHODS[method]);
  const free = [...STYLES.filter((style) => !taken.includes(style)), ...STYLES.map(hollow)];
  const others = asked.filter((method) => !isKnown(method)).sort();
  return new Map(
    asked.map((method) => [
      method,
      isKnown(method) ? METHODS[method] : free[others.indexOf(method) % free.length],
    ]),
  );
}

function hollow({ colour, symbol }: MethodStyle, index: number): MethodStyle {
  return { colour, dash: STYLES[(index + 3) % STYLES.length].dash, symbol: `${symbol}-open` };
}
