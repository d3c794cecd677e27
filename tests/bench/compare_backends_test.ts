import { assertEquals, assertMatch } from "@std/assert";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { backends } from "../../lib/backend/backends.ts";
import { compareBackends } from "../../lib/bench/compare_backends.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { datasetFor } from "../../lib/training/run_specification.ts";
import { fastBackends } from "../on_every_backend.ts";

Deno.test("compareBackends() trains on backends that work, and says why the others do not", async () => {
  const choices = { scale: "smoke" as const, methods: ["original"], seeds: [1], fractions: [0.01] };
  const [{ specification, teacher }] = await openPlan(quickstart, choices);
  const dataset = datasetFor(await loadDataset(specification.dataset.name, {}), specification);
  const runs = await compareBackends(specification, dataset, teacher.file);
  assertEquals(
    runs.map(({ backend }) => backend),
    backends.map(({ name }) => name).filter((name) => name !== "cpu"),
  );
  for (const { backend, reason, weights, accuracy } of runs) {
    const isRun = fastBackends.includes(backend);
    assertEquals(reason === null, isRun, backend);
    if (reason !== null) continue;
    assertMatch(weights!, /^[0-9a-f]{64}$/);
    assertEquals(accuracy! >= 0 && accuracy! <= 1, true);
  }
});
