/** Moves a terminal's cursor to the start of the line and clears the line. */
export const CLEAR_LINE = "\r\x1b[K";

/** Writes to the standard error, or nowhere if nobody reads it any more: the work goes on. */
export function writeToStderr(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  } catch {
    // A closed pipe, or a terminal that is gone
  }
}
