import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { randomWorkload } from "../../lib/bench/random_workload.ts";
import { measureSideBySide, rowOf } from "../../lib/bench/side_by_side.ts";
import { UserError } from "../../lib/user_error.ts";

const small = { batch: 8, student: "resnet8", teacher: "resnet8" };
const plan = { repeats: { warmUp: 0, timed: 1 }, rounds: 2 };

Deno.test("measureSideBySide() takes steps on every core at once, in each configuration", async () => {
  await startBackend("wasm");
  const { runs, rows } = await measureSideBySide("wasm", {
    ...plan,
    workload: await randomWorkload(small),
    configurations: [{ name: "plain" }, { name: "cached", cachedLogits: true }],
  });
  assertEquals(runs, navigator.hardwareConcurrency);
  assertEquals(rows.map(({ configuration }) => configuration), ["plain", "cached"]);
  for (const { original_steps_per_hour: original, bss_steps_per_hour: bss, ...row } of rows) {
    assert(original.min > 0 && bss.min > 0, JSON.stringify([original, bss]));
    assert(row.bss_run_seconds.max >= row.bss_run_seconds.min && row.bss_run_seconds.min > 0);
  }
});

Deno.test("measureSideBySide() tells why a worker cannot measure, and ends", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  await assertRejects(
    () =>
      measureSideBySide("wasm", {
        ...plan,
        workload,
        configurations: [{ name: "rounded", studentPrecision: "bf16" }],
      }),
    UserError,
    "choose from f32",
  );
});

Deno.test("rowOf() adds up the workers' steps, and estimates a run from its epochs", () => {
  const times = { original: 100, bss: 400, hinton: 200, evaluation: 50 };
  const slow = { ...times, bss: 800 };
  const row = rowOf("float32", [[times, times], [times, slow], [slow, slow]], 250);
  assertEquals(row.original_steps_per_hour, { median: 72_000, min: 72_000, max: 72_000 });
  assertEquals(row.bss_steps_per_hour, { median: 13_500, min: 9_000, max: 18_000 });
  // 40 steps and 40 evaluated batches an epoch; samples in epochs 1 … 59, none in 60 … 80.
  const seconds = (bss: number) => 40 * (59 * bss + 21 * 0.2 + 80 * 0.05);
  assertAlmostEquals(row.bss_run_seconds.min, seconds(0.4), 1e-9);
  assertAlmostEquals(row.bss_run_seconds.median, seconds(0.6), 1e-9);
});
