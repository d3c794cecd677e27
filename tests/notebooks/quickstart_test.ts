import { assertMatch, assertStringIncludes } from "@std/assert";
import { assertFigures, executed } from "./executed.ts";
import { longTest } from "./needs_fast_backend.ts";
import { fillResults } from "./trial_results.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { shownText } from "./shown_text.ts";
import { automaticBackend } from "../on_every_backend.ts";

longTest("the quickstart notebook runs from its first to its last cell", async () => {
  await withTemporaryFolder(async (results) => {
    await fillResults(results, quickstart, 1);
    const notebook = await executed("quickstart", { scale: "smoke", results });
    const text = shownText(notebook);
    assertStringIncludes(text, `backend: ${automaticBackend} (`);
    assertMatch(text, /right on \d\d\.\d % of 1000 test images/);
    assertStringIncludes(text, "6 runs, mean ± standard deviation");
    assertMatch(text, /^bss +\d+\.\d\d ± \d+\.\d\d/m);
    await assertFigures(notebook, 5);
  });
});
