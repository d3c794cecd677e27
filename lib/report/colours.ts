/** How the lines and points of one method look in every figure. */
export interface MethodStyle {
  /** "#rrggbb" */
  readonly colour: string;
  /** Sets methods apart where colour does not: in grey prints, and for some eyes. */
  readonly dash: "solid" | "dash" | "dot" | "dashdot";
  readonly symbol: "circle" | "square" | "diamond" | "triangle-up" | "x" | "cross" | "star";
}

/**
 * The palette of Okabe and Ito (2008), which people with any of the common forms of colour
 * blindness can tell apart, but for its yellow, which is too faint for lines on white.
 */
const STYLES: readonly MethodStyle[] = [
  { colour: "#000000", dash: "dot", symbol: "circle" },
  { colour: "#0072b2", dash: "dash", symbol: "square" },
  { colour: "#d55e00", dash: "solid", symbol: "diamond" },
  { colour: "#009e73", dash: "dashdot", symbol: "triangle-up" },
  { colour: "#cc79a7", dash: "dash", symbol: "x" },
  { colour: "#e69f00", dash: "dashdot", symbol: "cross" },
  { colour: "#56b4e9", dash: "solid", symbol: "star" },
];

/** Methods that keep their colour whichever others a figure shows. */
const ORDER = ["original", "hinton", "bss", "fitnet", "attention", "fsp"];

/**
 * A style for each method. Those of the paper always have the same one; others take the remaining
 * ones in alphabetical order, and after the last of them the first again.
 */
export function methodStyles(methods: Iterable<string>): Map<string, MethodStyle> {
  const others = [...new Set(methods)].filter((method) => !ORDER.includes(method)).sort();
  return new Map(
    [...ORDER, ...others].map((method, index) => [method, STYLES[index % STYLES.length]]),
  );
}
