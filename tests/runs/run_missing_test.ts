import { assertEquals } from "@std/assert";
import { exists } from "../../lib/data/read_data_file.ts";
import { join } from "node:path";
import { quickstart } from "../../experiments/quickstart.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { runMissing } from "../../lib/runs/run_missing.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("a signal that aborts while the run's worker is starting stops the run", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const choices = {
      scale: "smoke" as const,
      methods: ["original"],
      seeds: [1],
      fractions: [0.01],
    };
    const plan = await openPlan(quickstart, choices);
    const stop = new AbortController();
    const report = runMissing(plan, { folder, backend: "wasm", signal: stop.signal });
    // The lock is the last thing before the worker.
    const lock = join(path, "claims", `${plan[0].name}.lock`);
    while (!await exists(lock)) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    await report.catch(() => {});
    assertEquals((await folder.names()).length, 0);
  });
});
