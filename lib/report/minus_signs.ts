/** Formats a number with a fixed number of decimals. */
export function numberText(value: number, digits = 2): string {
  return withMinusSigns(value.toFixed(digits));
}

/** Formats a difference, always with a sign: "+1.31", "-0.20". */
export function signedText(value: number, digits = 2): string {
  // Zero, not −0, where a small negative number is rounded.
  const rounded = Number(value.toFixed(digits)) || 0;
  return `${rounded >= 0 ? "+" : ""}${rounded.toFixed(digits)}`;
}

/**
 * Replaces hyphens that are signs of numbers with minus signs (U+2212), as Plotly writes them.
 * Leaves names, ranges, dates and exponents alone: "fashion-mnist-2", "1-3", "1e-5".
 */
export function withMinusSigns(text: string): string {
  return text.replaceAll(/(?<![^\s[(±])-(?=[\d.])/g, "−");
}
