import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { checkInputs, keepInputCards } from "../../lib/runs/input_cards.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { planRuns, type PlanSources } from "../../lib/runs/plan.ts";
import { openReport } from "../../experiments/experiments.ts";
import { runHere } from "../../lib/runs/report/run_here.ts";
import { stateTable } from "../../lib/runs/report/state_table.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { table4 } from "../../experiments/table4.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { namedSources } from "./plan_sources.ts";

const planned = () => planRuns(table4, { scale: "paper" }, namedSources);

/** Sources whose data sets or teachers have other hashes than the named ones. */
const otherSources = (changed: { fingerprint?: string; hash?: string }): PlanSources => ({
  dataset: async (name) => ({ ...await namedSources.dataset(name), ...changed }),
  teacher: async (...of) => ({ ...await namedSources.teacher(...of), ...changed }),
});

Deno.test("a report with cards of its data set and teacher needs images and weights only to train", async () => {
  await withTemporaryFolder(async (results) => {
    const plan = await planned();
    await keepInputCards(results, plan);
    const where = { results, dataFolder: join(results, "no data") };
    const report = await openReport("table4", { scale: "paper", ...where });
    assertEquals(report.plan.map(({ name }) => name), plan.map(({ name }) => name));
    const shown = (await bundleOf(await stateTable(report)))["text/plain"];
    assertStringIncludes(String(shown), "First the weights of cifar10-resnet26 are needed");
    await assertRejects(() => runHere(report), UserError, "there is no teacher cifar10-resnet26");
  });
});

Deno.test("a results folder has no cards of inputs that come with the project", async () => {
  await withTemporaryFolder(async (results) => {
    await keepInputCards(results, await openPlan(quickstart, { scale: "smoke" }));
    assertEquals(await Array.fromAsync(Deno.readDir(results)), []);
  });
});

Deno.test("the error for a damaged card names the card and the remedy", async () => {
  for (const text of ["", "[]", '{"network": "resnet26"}']) {
    await withTemporaryFolder(async (results) => {
      await keepInputCards(results, await planned());
      await Deno.writeTextFile(join(results, "inputs", "cifar10-resnet26.json"), text);
      const error = await assertRejects(
        () => openReport("table4", { scale: "paper", results }),
        UserError,
        "cifar10-resnet26.json is damaged",
      );
      assertStringIncludes(error.message, "delete it");
    });
  }
});

Deno.test("nothing is trained with other images or another teacher than planned", async () => {
  const plan = await planned();
  await checkInputs(plan, namedSources);
  for (
    const [changed, what] of [["fingerprint", "a data set cifar10 of"], [
      "hash",
      "a teacher cifar10-resnet26 of",
    ]]
  ) {
    const error = await assertRejects(
      () => checkInputs(plan, otherSources({ [changed]: "changed" })),
      UserError,
      what,
    );
    assert(error.message.includes("changed"), error.message);
  }
});
