import { assertEquals, assertStringIncludes } from "@std/assert";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { fewCrossings } from "../../lib/runs/table/result_table.ts";
import { tableRowOf } from "./table_row_of.ts";

/** Gives the warnings about a run of BSS with these options and this share of uncrossed samples. */
async function saidOf(share: number, bss: Record<string, unknown>): Promise<string[]> {
  const choices = { scale: "smoke", methods: ["bss"], seeds: [1], set: { bss } } as const;
  const [{ name, specification }] = await openPlan(quickstart, choices);
  return fewCrossings({
    rows: [tableRowOf("bss", 1, 0.5, { shares: [1 - share, 0, share] })],
    results: [{ name, specification, rows: [], measurements: [], warnings: [], metadata: {} }],
  });
}

Deno.test("fewCrossings() names a run whose samples seldom cross, with its eta, step and maxSteps, and advice", async () => {
  const [newton, ...more] = await saidOf(0.98, { eta: 0.1 });
  assertEquals(more, []);
  assertStringIncludes(newton, "98 % of the attacked samples of bss-1 never crossed the boundary");
  assertStringIncludes(newton, "with eta=0.1, step=newton and maxSteps=10; try eta=1, ");
  const [published] = await saidOf(0.6, { eta: 0.1, step: "published" });
  assertStringIncludes(published, "step=published");
  assertStringIncludes(published, "try a larger eta, or step=newton with eta=1");
  const [short] = await saidOf(0.6, { maxSteps: 1 });
  assertStringIncludes(short, "maxSteps=1; try a larger maxSteps");
});

Deno.test("fewCrossings() does not warn about samples that mostly cross, or about another attack", async () => {
  assertEquals(await saidOf(0.5, { eta: 0.1 }), []);
  assertEquals(await saidOf(0.98, { attack: "fgsm" }), []);
});
