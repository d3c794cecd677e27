import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { rewrite, withReferenceCopy } from "./reference_copy.ts";
import { PROJECT_ROOT } from "../../../lib/files/project_root.ts";
import { bundleOf } from "../../../lib/report/display.ts";
import { comparedSides, type Sides } from "../../../lib/runs/results/compared_sides.ts";
import { comparedCurves, comparisonTables } from "../../../lib/runs/results/comparison.ts";
import { removeResult } from "../../store/remove_result.ts";

const FOLDER = join(PROJECT_ROOT, "results", "reference");
const [BSS, HINTON] = ["bss", "hinton"].map((name) => `fashion-mnist-subset-resnet8-${name}-`);

async function textsOf(sides: Sides): Promise<string[]> {
  const bundles = await Promise.all(comparisonTables(sides).map(bundleOf));
  return bundles.map((bundle) => String(bundle["text/plain"]));
}

Deno.test("comparisonTables() pairs final accuracies by seed, with the interval of the mean", async () => {
  const [accuracy] = await textsOf(await comparedSides(FOLDER, [BSS, HINTON]));
  assertMatch(accuracy, /^ +1 +70\.30 +67\.70 +\+2\.60$/m);
  assertMatch(accuracy, /^ +2 +69\.00 +70\.90 +−1\.90$/m);
  // t(0.975, 1) = 12.706; the standard error of the two differences is 2.25.
  assertMatch(accuracy, /^mean +69\.65 ± 0\.92 +69\.30 ± 2\.26 +\+0\.35 \[−28\.24, 28\.94\]$/m);
  assertMatch(accuracy, /paired by seed, with the 95 % interval of its mean\.$/);
});

Deno.test("comparisonTables() names only the settings that differ", async () => {
  const [, specification] = await textsOf(await comparedSides(FOLDER, [BSS, HINTON]));
  assertMatch(specification, /^method +"bss" +"hinton"$/m);
  assertMatch(specification, /^options\.eta +1 +–$/m);
  assertEquals(/temperature|seed|dataset/.test(specification), false);
  const elsewhere = `results/reference-onednn/runs/${BSS}quick-seed1-ec59c8e55f`;
  const same = await textsOf(await comparedSides(FOLDER, [BSS, join(PROJECT_ROOT, elsewhere)]));
  assertMatch(same[0], /, A \(%\) .*, B \(%\) /);
  assertMatch(same[0], /the runs of a pair differ in kernels\.$/);
  assertStringIncludes(same[1], "Nothing but the seed.");
});

Deno.test("comparisonTables() has no difference where the sides have no seed in common", async () => {
  const sides = await comparedSides(FOLDER, [`${BSS}quick-seed1`, `${BSS}quick-seed2`]);
  const [accuracy, , epochs] = await textsOf(sides);
  assertMatch(accuracy, /^mean +70\.30 +69\.00 +–$/m);
  assertStringIncludes(accuracy, "No seed is on both sides");
  assertMatch(epochs, /^ +8 +70\.30 +69\.00 +\+1\.30$/m);
});

Deno.test("comparisonTables() shows ten epochs, first and last among them, over the paired seeds", async () => {
  await withReferenceCopy(async (folder, runs) => {
    for (const run of runs.slice(0, 3)) {
      await rewrite(folder, run, ({ rows }) => ({
        rows: Array.from({ length: 30 }, (_, index) => ({
          ...rows[0],
          epoch: index + 1,
          test_accuracy: index === 0 ? null : (index + (run === runs[1] ? 50 : 0)) / 100,
        })),
      }));
    }
    await removeResult(folder, runs[3]);
    const [, , epochs] = await textsOf(await comparedSides(folder.path, [BSS, HINTON]));
    const lines = epochs.split("\n").slice(3);
    assertEquals(lines.length, 10);
    assertMatch(lines[0], /^ +2 +1\.00 +1\.00 +\+0\.00$/);
    assertMatch(lines[9], /^ +30 +29\.00 +29\.00 +\+0\.00$/);
  });
});

Deno.test("comparedCurves() gives each run's curve, in the colour of its method", async () => {
  const curves = comparedCurves(await comparedSides(FOLDER, [BSS, HINTON]));
  assertEquals(curves.map(({ group }) => group), ["bss", "bss", "hinton", "hinton"]);
  assertEquals(curves[3].name, "hinton, seed 2");
  assertEquals(curves[3].epochs, [1, 2, 3, 4, 5, 6, 7, 8]);
  assertAlmostEquals(curves[3].accuracy[7], 70.9, 1e-9);
});
