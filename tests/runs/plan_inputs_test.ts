import { assert, assertRejects } from "@std/assert";
import { quickstart } from "../../experiments/quickstart.ts";
import { planRuns } from "../../lib/runs/plan.ts";
import { UserError } from "../../lib/user_error.ts";
import { namedSources } from "./plan_sources.ts";

Deno.test("a plan refuses a teacher of other images, but for methods without a teacher", async () => {
  const plan = (fingerprint: string, methods: string[]) =>
    planRuns(quickstart, { scale: "smoke", methods }, {
      ...namedSources,
      teacher: async (...args) => ({
        ...await namedSources.teacher(...args),
        metadata: { specification: JSON.stringify({ dataset: { name: "toys", fingerprint } }) },
      }),
    });
  const { specification: { dataset } } = (await plan("other", ["original"]))[0];
  assert((await plan(dataset.fingerprint, ["hinton"])).length > 0);
  await assertRejects(
    () => plan("other", ["original", "hinton"]),
    UserError,
    `SHA-256 other, but those of toys now have ${dataset.fingerprint}`,
  );
});

Deno.test("a plan refuses a share that leaves no image", async () => {
  await assertRejects(
    () => planRuns(quickstart, { scale: "smoke", fractions: [1e-9] }, namedSources),
    UserError,
    "leaves none",
  );
});
