/**
 * Makes text from a file safe to print on one line of a terminal. Escapes control characters, line
 * breaks and bidirectional controls as "\u001b": raw, they could clear the screen or fake a line.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Makes each line of a text safe to print, like {@linkcode printable}. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
