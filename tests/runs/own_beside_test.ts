import { assertEquals } from "@std/assert";
import { figureData } from "../../experiments/figure_data.ts";
import { ownBeside } from "../../lib/runs/open_plan.ts";
import { type PlanChoices, planRuns } from "../../lib/runs/plan.ts";
import { namedSources } from "./plan_sources.ts";

/** Lists the default runs shown beside the requested ones: method, share and seed. */
async function besideOf(choices: Omit<PlanChoices, "scale">): Promise<string[]> {
  const { seeds } = choices;
  const ofSeeds = await planRuns(figureData, { scale: "quick", seeds }, namedSources);
  const asked = await planRuns(figureData, { scale: "quick", ...choices }, namedSources);
  return ownBeside({ ofSeeds, asked }).map(({ specification: { method, dataset, seed } }) =>
    `${method} ${dataset.fraction} seed ${seed}`
  );
}

Deno.test("default runs with the same images, student and seed stand beside the requested runs", async () => {
  const place = { fractions: [0.2], seeds: [2] };
  assertEquals(await besideOf({ ...place, set: { bss: { eta: 0.1 } } }), ["bss 0.2 seed 2"]);
  assertEquals(await besideOf({ ...place, methods: ["hinton"] }), [
    "original 0.2 seed 2",
    "bss 0.2 seed 2",
  ]);
});

Deno.test("default runs of a requested seed stand beside it, even if it is no default seed", async () => {
  const choices = { fractions: [0.2], seeds: [9], set: { bss: { eta: 0.1 } } };
  assertEquals(await besideOf(choices), ["bss 0.2 seed 9"]);
});

Deno.test("default runs with another seed, student or share of the images do not stand beside the requested runs", async () => {
  assertEquals(await besideOf({ seeds: [9] }), []);
  assertEquals(await besideOf({ students: ["resnet14"] }), []);
  assertEquals(await besideOf({ fractions: [0.5] }), []);
  assertEquals(await besideOf({}), []);
});
