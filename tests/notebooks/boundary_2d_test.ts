import { assertMatch } from "@std/assert";
import { assertFigures, executed } from "./executed.ts";
import { shownText } from "../../lib/notebook/notebook.ts";

for (const toyName of ["circles", "spirals"]) {
  Deno.test(
    `the notebook on the plane runs from its first to its last cell, with ${toyName}`,
    async () => {
      const notebook = await executed("boundary-2d", { scale: "smoke", toyName });
      const text = shownText(notebook);
      for (const student of ["original", "hinton", "bss", "noise"]) {
        assertMatch(text, new RegExp(`${toyName} +${student} +\\d+\\.\\d\\d ± \\d+\\.\\d\\d`));
      }
      assertMatch(text, /Of 1 toys, bss is closer to its teacher than hinton on [01] and further/);
      await assertFigures(notebook, 4);
    },
  );
}
