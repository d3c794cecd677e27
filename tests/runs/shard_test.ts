import { assert, assertEquals, assertThrows } from "@std/assert";
import { planRuns } from "../../lib/runs/plan.ts";
import { parseShard, shardOf } from "../../lib/runs/shard.ts";
import { table1 } from "../../experiments/table1.ts";
import { UserError } from "../../lib/user_error.ts";
import { namedSources } from "./plan_sources.ts";

Deno.test("shards divide the runs without overlap, in whatever order the plan has them", async () => {
  const plan = await planRuns(table1, { scale: "paper" }, namedSources);
  const shards = (runs: typeof plan) =>
    ["1/4", "2/4", "3/4", "4/4"].map((text) =>
      shardOf(runs, parseShard(text)).map(({ name }) => name)
    );
  const names = shards(plan).flat();
  assertEquals(new Set(names).size, plan.length);
  assertEquals(names.length, plan.length);
  assertEquals(shards(plan.toReversed()), shards(plan));
});

Deno.test("shards have about the same work", async () => {
  const plan = await planRuns(table1, { scale: "paper" }, namedSources);
  const loads = ["1/4", "2/4", "3/4", "4/4"].map((text) =>
    shardOf(plan, parseShard(text)).reduce((sum, { flops }) => sum + flops, 0)
  );
  assert(Math.max(...loads) < 1.1 * Math.min(...loads), loads.join(" "));
});

Deno.test("parseShard() says what a shard must look like", () => {
  assertEquals(parseShard(undefined), { index: 1, count: 1 });
  for (const text of ["0/2", "3/2", "1", "a/b", "1/0", "1/10000", "1/99999999"]) {
    assertThrows(() => parseShard(text), UserError, "as in 2/4");
  }
});

Deno.test("the work of a shard's evaluations counts, too", async () => {
  const [run] = await planRuns(table1, { scale: "smoke", seeds: [1] }, namedSources);
  const [evaluation] = run.evaluations;
  const of = (name: string, flops: number, measuring: number) => ({
    ...run,
    name,
    flops,
    evaluations: [{ ...evaluation, flops: measuring }],
  });
  const plan = [of("a", 4, 0), of("b", 3, 6), of("c", 2, 0), of("d", 1, 0)];
  const shards = ["1/2", "2/2"].map((text) =>
    shardOf(plan, parseShard(text)).map(({ name }) => name)
  );
  assertEquals(shards, [["b"], ["a", "c", "d"]]);
});
