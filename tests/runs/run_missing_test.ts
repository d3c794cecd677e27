import { assertEquals, assertRejects } from "@std/assert";
import { exists } from "../../lib/files/exists.ts";
import { join } from "node:path";
import { quickstart } from "../../experiments/quickstart.ts";
import { table4 } from "../../experiments/table4.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { resultNameOf } from "../../lib/runs/planned_run.ts";
import { runMissing, runOne, sideBySide } from "../../lib/runs/run_missing.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { onednn } from "../../lib/backend/onednn.ts";
import { wasm } from "../../lib/backend/wasm.ts";

/** The shortest run */
const ONE = {
  scale: "smoke" as const,
  methods: ["original"],
  seeds: [1],
  fractions: [0.01],
};

Deno.test("a signal that aborts while the run's worker is starting stops the run", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const plan = await openPlan(quickstart, ONE);
    const stop = new AbortController();
    const ending = runMissing(plan, { folder, backend: "wasm", signal: stop.signal });
    // The lock is the last thing before the worker.
    const lock = join(path, "claims", `${plan[0].name}.lock`);
    while (!await exists(lock)) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    const { left, failed } = await ending;
    assertEquals([left, failed], [plan, []]);
    assertEquals((await folder.names()).length, 0);
  });
});

Deno.test("a run that is stopped while it is measured keeps each finished evaluation", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const plan = await openPlan(table4, ONE);
    const [first, second] = plan[0].evaluations;
    const stop = new AbortController();
    const settings = { folder, backend: "wasm" };
    const stopped = await runMissing(plan, {
      ...settings,
      signal: stop.signal,
      onNews: (_run, news) =>
        news.type === "measuring" && news.evaluation === second && stop.abort(),
    });
    assertEquals(stopped.left, plan);
    assertEquals(await folder.names(), [first.result, resultNameOf(plan[0])]);

    const measured: string[] = [];
    const finished = await runMissing(plan, {
      ...settings,
      onNews: (_run, news) => {
        if (news.type === "measured") measured.push(news.evaluation.name);
      },
    });
    assertEquals(finished.finished, plan);
    assertEquals(measured, plan[0].evaluations.slice(1).map(({ name }) => name));
  });
});

Deno.test("sideBySide() divides the cores by a run's threads, where a backend takes them", () => {
  const cores = navigator.hardwareConcurrency;
  assertEquals([sideBySide(onednn, 1), sideBySide(onednn, cores)], [cores, 1]);
  assertEquals([sideBySide(wasm, 1), sideBySide(wasm, cores)], [cores, cores]);
});

Deno.test("runOne() writes nothing once the results folder has gone under its lock", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const [run] = await openPlan(quickstart, ONE);
    const worker = {
      ask: () =>
        Promise.resolve({
          type: "trained" as const,
          rows: [{ epoch: 1 }],
          weights: new Uint8Array(8),
          initialWeights: "0",
          provenance: "embedded" as const,
        }),
    };
    const gone = () => Promise.reject(new UserError("the folder is gone"));
    const work = { run, training: true, evaluations: [] };
    const made = {} as Parameters<typeof runOne>[2];
    const lock = { check: gone, release: () => Promise.resolve() };
    await assertRejects(
      () => runOne(worker, work, made, { folder, backend: "cpu" }, lock),
      UserError,
      "gone",
    );
    assertEquals(await folder.names(), []);
    assertEquals(await exists(join(path, "students")), false);
  });
});
