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

/**
 * The teacher's line: wide and light, so that a student's line on top of it shows, in grey prints
 * too.
 */
export const TEACHER_LINE = { color: "#a6a6a6", width: 7, dash: "solid" };

/**
 * The styles of the teacher, of later methods, and of a name whose hash meets another's. They are not in
 * the list above, since the styles of other names depend on its length.
 */
const LATER: Readonly<Record<string, MethodStyle>> = {
  teacher: { colour: TEACHER_LINE.color, dash: TEACHER_LINE.dash, symbol: "circle" },
  dist: { colour: "#6c37f8", dash: "longdash", symbol: "triangle-left" },
  relational: { colour: "#b5462b", dash: "longdashdot", symbol: "triangle-right" },
  "activation-boundaries": { colour: "#2d4c73", dash: "8px,2px,2px,2px", symbol: "hexagram" },
  contrastive: { colour: "#d200c0", dash: "14px,3px,5px,3px", symbol: "star-square" },
  "hinton, bf16": { colour: "#009e73", dash: "4px,2px", symbol: "square-open" },
};

/** Other names of the library's methods. */
const SAME: Readonly<Record<string, string>> = { "none (hinton)": "hinton" };

/** The colours of other names: those of the methods that variants are seldom compared with. */
const COLOURS = ["fitnet", "attention", "attention+hinton", "fsp", "fsp+bss", "dkd", "similarity"]
  .map((method) => METHODS[method].colour);
const STYLES = Object.values(METHODS);

/**
 * Chooses the style of a method or of another name, such as "bss, 16 base samples". It depends on
 * the name alone, so that a method looks the same in every figure. A method of the library has its
 * own style. Another name gets one of 70, with a hollow symbol, by a hash of its characters. The
 * constants of the hash were chosen so that no experiment has two methods of the same style.
 */
export function methodStyle(name: string): MethodStyle {
  const method = Object.hasOwn(SAME, name) ? SAME[name] : name;
  for (const styles of [METHODS, LATER]) {
    if (Object.hasOwn(styles, method)) return styles[method];
  }
  const hash = [...name].reduce(
    (sum, character) => (149 * sum + character.codePointAt(0)!) % 9973,
    13,
  );
  const { symbol } = STYLES[hash % STYLES.length];
  return {
    colour: COLOURS[hash % COLOURS.length],
    dash: STYLES[(hash + 3) % STYLES.length].dash,
    symbol: `${symbol}-open`,
  };
}
