import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RESULTS } from "../../lib/files/project_root.ts";
import { commandFor, isCommitted } from "../../lib/runs/report/experiment_report.ts";
import { openReport } from "../../experiments/experiments.ts";
import { runHere } from "../../lib/runs/report/run_here.ts";
import { stateTable } from "../../lib/runs/report/state_table.ts";
import { verifyResults } from "../../lib/runs/results/verify_results.ts";
import { snapshot } from "../commands/run_task.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { exists } from "../../lib/files/exists.ts";
import { findProgram } from "../../lib/files/find_program.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { testUnless } from "../test_unless.ts";

const REFERENCE = join(RESULTS, "reference");

Deno.test("a report opens the folder results if a folder of the project has none of its runs", async () => {
  const report = await openReport("quickstart", { scale: "smoke", results: REFERENCE });
  assertEquals(Deno.realPathSync(report.folder.path), Deno.realPathSync(RESULTS));
  assertEquals(commandFor(report), "deno task reproduce quickstart --scale smoke");
});

Deno.test("a notebook trains nothing into a folder of the project that has some of its runs", async () => {
  await withTemporaryFolder(async (results) => {
    await cp(REFERENCE, results, { recursive: true });
    const before = await snapshot(results);
    const report = await openReport("quickstart", { scale: "quick", seeds: [1, 3], results });
    const state = await bundleOf(await stateTable(report, "wasm"));
    assertMatch(
      String(state["text/plain"]),
      /quick +6 +3 +3.*results = "..\/results" and runMissing/s,
    );
    await assertRejects(
      () => runHere(report, "wasm"),
      UserError,
      'comes with the project, so notebooks write nothing there; train in another folder, as with results = "../results"',
    );
    assertEquals(await snapshot(results), before);
  });
});

const noCheckout = await findProgram(["git"]) && await exists(join(PROJECT_ROOT, ".git"))
  ? ""
  : "this is no git checkout";

testUnless(
  noCheckout,
  "every results folder under version control is whole and marked as coming with the project",
  async () => {
    const { stdout, stderr, success } = await new Deno.Command("git", {
      args: ["-C", RESULTS, "ls-files", "--", "*/manifest.json"],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const manifests = new TextDecoder().decode(stdout).trim().split("\n");
    assert(manifests.length > 1);
    for (const manifest of manifests) {
      const folder = await ResultsFolder.openToRead(dirname(join(RESULTS, manifest)));
      assert(await isCommitted(folder), folder.path);
      assertEquals((await verifyResults(folder, [])).findings, []);
    }
  },
);

Deno.test("a report names a results folder that is missing, and does not make it", async () => {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "resluts");
    await assertRejects(
      () => openReport("table4", { scale: "paper", results }),
      UserError,
      `there is no results folder ${results}`,
    );
    await assertRejects(() => Deno.stat(results), Deno.errors.NotFound);
  });
});
