import { assertEquals } from "@std/assert";
import { dirname } from "node:path";
import { table1 } from "../../experiments/table1.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { resultNameOf } from "../../lib/runs/planned_run.ts";
import { studentFile } from "../../lib/runs/table/run_results.ts";
import { workLeft } from "../../lib/runs/work_left.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("workLeft() lists all runs of a seed before the next seed, the heaviest first", async () => {
  await withTemporaryFolder(async (path) => {
    const plan = await openPlan(table1, { scale: "smoke", seeds: [2, 1] });
    const works = await workLeft(await ResultsFolder.open(path), plan);
    assertEquals(works.length, plan.length);
    const seeds = works.map(({ run }) => run.specification.seed);
    assertEquals(seeds, [...seeds].sort((a, b) => a - b));
    assertEquals(new Set(seeds).size, 2);
    const flops = works.filter((_, i) => seeds[i] === 1).map(({ run }) => run.flops);
    assertEquals(flops, [...flops].sort((a, b) => b - a));
  });
});

Deno.test("workLeft() trains a run again whose weights are gone, if an evaluation needs them", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const [run] = await openPlan(table1, { scale: "smoke", seeds: [1] });
    await folder.write(resultNameOf(run), { epoch: "int32" }, [{ epoch: 1 }], {});
    const left = async () => {
      const [{ training, evaluations }] = await workLeft(folder, [run]);
      return [training, evaluations.length];
    };
    assertEquals(await left(), [true, run.evaluations.length]);
    await Deno.mkdir(dirname(studentFile(folder, run)), { recursive: true });
    await Deno.writeTextFile(studentFile(folder, run), "weights");
    assertEquals(await left(), [false, run.evaluations.length]);
  });
});
