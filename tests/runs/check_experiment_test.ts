import { assertRejects } from "@std/assert";
import { quickstart } from "../../experiments/quickstart.ts";
import { planRuns } from "../../lib/runs/plan.ts";
import { UserError } from "../../lib/user_error.ts";
import { namedSources } from "./plan_sources.ts";

Deno.test("planRuns() refuses an experiment without measures, seeds or reference, before it trains", async () => {
  const smoke = quickstart.scales.smoke.map((grid) => ({ ...grid, seeds: [] }));
  const faults: readonly [object, string][] = [
    [{ measures: [] }, "experiment quickstart has no measure; correct its file in experiments"],
    [{ measures: ["accurracy"] }, 'there is no measure "accurracy"'],
    [{ reference: "orginal" }, 'has the reference "orginal", which is none of its methods'],
    [{ scales: { ...quickstart.scales, smoke } }, "has no seeds"],
  ];
  for (const [fault, message] of faults) {
    const plan = () => planRuns({ ...quickstart, ...fault }, { scale: "smoke" }, namedSources);
    await assertRejects(plan, UserError, message);
  }
});

Deno.test("planRuns() refuses two methods with different options under one label", async () => {
  const methods = [1, 2].map((eta) => ({ name: "bss", options: { eta } }));
  const grids = quickstart.scales.smoke.map((grid) => ({ ...grid, methods }));
  const scales = { ...quickstart.scales, smoke: grids };
  await assertRejects(
    () => planRuns({ ...quickstart, scales }, { scale: "smoke" }, namedSources),
    UserError,
    'two methods of quickstart with different options are both called "bss"; give each a label',
  );
});
