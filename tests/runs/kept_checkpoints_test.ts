import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { quickstart } from "../../experiments/quickstart.ts";
import { trainTeacher } from "../../lib/teacher/train.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { runMissing } from "../../lib/runs/run_missing.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { smallDataset } from "../training/small_run.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Lists the checkpoints in a results folder. */
async function checkpointsIn(path: string): Promise<string[]> {
  const [{ name }] = await Array.fromAsync(Deno.readDir(join(path, "checkpoints")));
  const files = await Array.fromAsync(Deno.readDir(join(path, "checkpoints", name)));
  return files.map((file) => file.name).sort();
}

Deno.test("a run whose result cannot be written keeps its checkpoints", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    // A file where the folder of the students' weights would be
    await Deno.writeTextFile(join(path, "students"), "");
    const choices = { methods: ["original"], seeds: [1], fractions: [0.01] };
    const plan = await openPlan(quickstart, { scale: "smoke", ...choices });
    const { failed } = await runMissing(plan, { folder, backend: "wasm" });
    assertEquals(failed.map(({ run }) => run.name), [plan[0].name]);
    assertEquals((await checkpointsIn(path)).at(-1), "epoch-00002.safetensors");
  });
});

onAutomaticBackend("a teacher that cannot be written keeps its checkpoints", async (backend) => {
  await withTemporaryFolder(async (path) => {
    let isRefused = false;
    await trainTeacher({
      dataset: smallDataset(),
      network: "resnet8x0.25",
      epochs: 1,
      batchSize: 10,
      seed: 1,
      backend,
      threads: 1,
      resultsFolder: path,
      // A file where the folder of the teachers would be
      report: () => Deno.writeTextFileSync(join(path, "teachers"), ""),
    }).catch(() => isRefused = true);
    assertEquals(isRefused, true);
    assertEquals(await checkpointsIn(path), ["epoch-00001.safetensors"]);
  });
});
