import { assertEquals } from "@std/assert";
import { printable, printableLines } from "../../lib/files/printable.ts";

Deno.test("printable() escapes cursor movements, line breaks and bidirectional controls", () => {
  assertEquals(printable("\x1b[2J\x07a\tb\r\n"), "\\u001b[2J\\u0007a\\u0009b\\u000d\\u000a");
  assertEquals(printable("\x7f\x9b31m\u2028\u202e"), "\\u007f\\u009b31m\\u2028\\u202e");
});

Deno.test("printable() does not change other text", () => {
  const text = 'Ünïcödé 決定境界 – 86.5 ± 0.3 % 🙂 \\ "…" → π';
  assertEquals(printable(text), text);
});

Deno.test("printableLines() keeps line breaks", () => {
  assertEquals(printableLines("a\x1bb\n  c\r"), "a\\u001bb\n  c\\u000d");
});
