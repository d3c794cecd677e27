import { assertMatch } from "@std/assert";
import { assertFigures, executed } from "./executed.ts";
import { shownText } from "./shown_text.ts";

Deno.test("the notebook on the plane runs from its first to its last cell, with spirals", async () => {
  const notebook = await executed("boundary-2d", { scale: "smoke", toyName: "spirals" });
  const text = shownText(notebook);
  for (const student of ["original", "hinton", "bss", "noise"]) {
    assertMatch(text, new RegExp(`spirals +${student} +\\d+\\.\\d\\d ± \\d+\\.\\d\\d`));
  }
  assertMatch(text, /Of 1 toys, bss is closer to its teacher than hinton on [01] and further/);
  await assertFigures(notebook, 4);
});
