import { assertEquals, assertStringIncludes } from "@std/assert";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { fewCrossings } from "../../lib/runs/table/result_table.ts";
import { tableRowOf } from "./table_row_of.ts";

/** What is said of a run of BSS with these options, of whose samples that share did not cross. */
async function saidOf(share: number, bss: Record<string, unknown>): Promise<string[]> {
  const choices = { scale: "smoke", methods: ["bss"], seeds: [1], set: { bss } } as const;
  const [{ name, specification }] = await openPlan(quickstart, choices);
  return fewCrossings({
    rows: [tableRowOf("bss", 1, 0.5, { shares: [1 - share, 0, share] })],
    results: [{ name, specification, rows: [], measurements: [], metadata: {} }],
  });
}

Deno.test("a run whose samples seldom cross is named with its eta, step and steps, and with what helps", async () => {
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

Deno.test("nothing is said of samples that mostly cross, or of another attack", async () => {
  assertEquals(await saidOf(0.5, { eta: 0.1 }), []);
  assertEquals(await saidOf(0.98, { attack: "fgsm" }), []);
});
