import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatMarkdownTable, formatTextTable } from "../../lib/report/cell.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { imageGrid } from "../../lib/report/image_grid.ts";
import { signedText, withMinusSigns } from "../../lib/report/minus_signs.ts";

Deno.test("withMinusSigns() replaces the hyphens that are signs of numbers", () => {
  assertEquals(
    withMinusSigns("-0.83 ± 1.76 [-5.2, 3.5] (-.5) gap -1"),
    "−0.83 ± 1.76 [−5.2, 3.5] (−.5) gap −1",
  );
});

Deno.test("signedText() gives a small difference that is rounded to zero no minus sign", () => {
  assertEquals([0.004, -0.004, -0.006, 0].map((value) => signedText(value)), [
    "+0.00",
    "+0.00",
    "-0.01",
    "+0.00",
  ]);
});

Deno.test("withMinusSigns() leaves names, ranges, dates, exponents and options alone", () => {
  const text = "fashion-mnist-2, PGD-20, 1-3, 2026-11-26, 1e-5, --seeds, a - b";
  assertEquals(withMinusSigns(text), text);
});

Deno.test("tables and captions show minus signs, as the axes of figures do", async () => {
  assertEquals(
    formatTextTable(["n"], [[-1.5], ["[-1, 2]"]]),
    "n\n───────\n   −1.5\n[−1, 2]".replace("n\n", "      n\n"),
  );
  assertEquals(formatMarkdownTable(["n"], [["[-1, 2]"]]), "| n |\n| --- |\n| [−1, 2] |");
  const grid = imageGrid({
    images: [0],
    count: 1,
    height: 1,
    width: 1,
    channels: 1,
    captions: ["gap -0.5"],
  });
  const { "text/html": html, "text/plain": plain } = await bundleOf(grid);
  for (const text of [html, plain]) assertStringIncludes(String(text), "gap −0.5");
});
