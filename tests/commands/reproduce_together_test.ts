import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { FASTEST, filesIn, outcomesIn, reproduce, SHORT, startReproducing } from "./reproduce.ts";
import { problemsOf } from "../store/problems_of.ts";

/** Experiments with one run in common, and each one's number of runs of a method. */
const EXPERIMENTS = { table1: 1, table4: 1, "figure-data": 2, robustness: 1 };

/** Counts the runs that a command reports as finished. */
function doneIn(stderr: string): number {
  return [...stderr.matchAll(/: done, test \S+ %, /gm)].length;
}

Deno.test("reproduce makes a run of several experiments once, and a table of each experiment", async () => {
  await withTemporaryFolder(async (folder) => {
    // This student gets one of eight images right, and none after the first attack. So the other
    // attacks take few steps.
    const one = ["--methods", "original", "--seeds", "15,", "--set", "protocol.epochs=1"];
    const small = [...Object.keys(EXPERIMENTS), ...FASTEST, ...one];
    const { code, stdout, stderr } = await reproduce(folder, ...small);
    assertEquals(code, 0, stderr);
    const results = await ResultsFolder.openToRead(folder);
    const names = new Set<unknown>();
    let rows = 0;
    for (const [experiment, runs] of Object.entries(EXPERIMENTS)) {
      const table = await results.read(`tables/${experiment}-smoke`);
      assertMatch(table.metadata.title, /\S/);
      assertStringIncludes(stdout, table.metadata.title);
      assertEquals(table.rows.length, runs, experiment);
      rows += table.rows.length;
      table.rows.forEach(({ run }) => names.add(run));
    }
    assert(names.size < rows, "no run is in two tables");
    assertEquals(doneIn(stderr), names.size);
    assertEquals(Object.keys(await filesIn(join(folder, "runs"))).length, names.size);
    assertEquals(await problemsOf(results), []);
    // Each claim needs another method, too.
    assert(!stdout.includes("Verdicts"), stdout);
  });
});

Deno.test("two runners on one folder make no run twice and leave none out", async () => {
  await withTemporaryFolder(async (folder) => {
    const grid = [...SHORT, "--methods", "original,hinton", "--seeds", "1,2"];
    const alone = join(folder, "alone");
    const { code, stderr } = await reproduce(alone, ...grid);
    assertEquals(code, 0, stderr);

    const shared = join(folder, "shared");
    const runners = [startReproducing(shared, ...grid), startReproducing(shared, ...grid)];
    const ends = await Promise.all(runners.map((runner) => runner.ended()));
    // 1 if the other one was still at a run when this one had nothing left to do.
    assert(ends.every(({ code }) => code === 0 || code === 1), ends[0].stderr + ends[1].stderr);
    assert(ends.some(({ code }) => code === 0));
    const shares = ends.map(({ stderr }) => doneIn(stderr));
    assert(shares.every((share) => share > 0), `${shares}`);
    assertEquals(shares[0] + shares[1], doneIn(stderr));
    assertEquals(await outcomesIn(shared), await outcomesIn(alone));
    assertEquals(await filesIn(join(shared, "claims")), {});
  });
});

Deno.test("a run that fails does not stop the others, and is listed at the end with its cause", async () => {
  await withTemporaryFolder(async (folder) => {
    const { code, stdout, stderr } = await reproduce(
      folder,
      ...[...SHORT, "--methods", "bss,original", "--seeds", "1,"],
      ...["--set", "bss.temperature=1e-30"],
    );
    assertEquals(code, 2);
    const list = stderr.slice(stderr.indexOf("failed: "));
    assertMatch(list, /^failed: fashion-mnist-subset-resnet8x0\.25-bss-\S+\n {2}.*not finite/);
    assertStringIncludes(list, "run the same command again");
    assertMatch(stdout, /resnet8x0\.25 +original +\d+\.\d\d/);
    assertStringIncludes(stdout, "Missing: resnet8x0.25 bss (temperature=1e-30)");
    assertEquals(Object.keys(await filesIn(join(folder, "runs"))).length, 1);
  });
});
