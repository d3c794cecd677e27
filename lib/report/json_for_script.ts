/**
 * A value as JSON that may stand inside a script element: "<" is written so that no text in it can
 * close the element.
 */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
