/**
 * Makes a text that comes from a file one line for a terminal. Control characters, line breaks and what
 * turns the direction of writing stand as "\u001b": raw, they could clear the screen or make up a line.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Does the same with each line of a text that may have several. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
