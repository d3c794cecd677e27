import type { ErrorBars, Trace } from "./figure.ts";

/** The part of a trace that draws error bars; empty if none of its points has one. */
export function errorBars(
  axis: "error_x" | "error_y",
  bars: Omit<ErrorBars, "type">,
): Pick<Trace, "error_x" | "error_y"> {
  return bars.array.every((length) => length === null) ? {} : { [axis]: { type: "data", ...bars } };
}
