import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { basename } from "node:path";
import { executed } from "./executed.ts";
import { longTest } from "./needs_fast_backend.ts";
import { fillResults } from "./trial_results.ts";
import { withEnvironment } from "../with_environment.ts";
import { experiments } from "../../experiments/experiments.ts";
import type { Experiment } from "../../lib/runs/experiment.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { workLeft } from "../../lib/runs/work_left.ts";
import { hiddenParts, HIDING } from "../../lib/files/hidden.ts";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { shownText } from "./shown_text.ts";
import { declaredParameters } from "../../lib/notebook/parameters.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";

/** Notebooks with their own tests. */
const ELSEWHERE = ["quickstart", "boundary-2d"];

/** The notebooks share the results, as in use: each finds the runs of those before it. */
const results = await Deno.makeTempDir({ prefix: "bss-test-" });
globalThis.addEventListener("unload", () => Deno.removeSync(results, { recursive: true }));

/** Number of runs left to each notebook. Table 1 shows training, robustness an evaluation. */
const LEFT: Record<string, number> = { table1: 1, robustness: 1 };

const TRIAL = { scale: "smoke", results, runMissing: true, without: ["cpu", "wasm"] };

/** Other tests check pictures, which take half of a notebook's time. */
const WITHOUT_PICTURES = {
  [HIDING]: [...hiddenParts(), "chromium"].join(),
  CHROMIUM: null,
};

for (const path of await listNotebooks()) {
  const name = basename(path, ".ipynb");
  if (ELSEWHERE.includes(name)) continue;
  longTest(`the notebook ${name} runs from its first to its last cell`, async () => {
    const experiment = experiments.find((one) => one.name === name);
    if (experiment) await fillResults(results, experiment, LEFT[name]);
    const declared = declaredParameters(await readNotebook(path));
    const parameters = Object.entries(TRIAL).filter(([parameter]) => declared.has(parameter));
    await withEnvironment(WITHOUT_PICTURES, async () => {
      const notebook = await executed(name, Object.fromEntries(parameters));
      assert(shownText(notebook).length > 100, "it shows nearly nothing");
      if (name === "by-hand") {
        assertStringIncludes(shownText(notebook), "The same weights as train(), byte for byte");
      }
    });
    if (experiment) await assertNothingLeft(experiment);
  });
}

async function assertNothingLeft(experiment: Experiment): Promise<void> {
  const plan = await openPlan(experiment, { scale: "smoke" });
  const works = await workLeft(await ResultsFolder.open(results), plan);
  assertEquals(works.map(({ run }) => run.name), []);
}
