import { assertEquals, assertStringIncludes } from "@std/assert";
import { flipByte, withReferenceCopy } from "../runs/results/reference_copy.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { plannedEvaluation, type PlannedRun } from "../../lib/runs/planned_run.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { runMissing } from "../../lib/runs/run_missing.ts";
import { studentPath } from "../../lib/runs/table/run_results.ts";
import { sha256 } from "../../lib/files/sha256.ts";

Deno.test("changed students and teachers are not measured, and an evaluation records the hash of its weights", async () => {
  await withReferenceCopy(async (folder) => {
    const [planned] = await openPlan(quickstart, { scale: "quick" });
    const measured = (run: PlannedRun) => ({
      ...run,
      evaluations: [plannedEvaluation({ name: "boundary", options: { images: 8 } }, run)],
    });
    const run = measured(planned);
    const measure = (run: PlannedRun) => runMissing([run], { folder, backend: "wasm" });
    const file = `${folder.path}/${studentPath(run.name)}`;
    const whole = await Deno.readFile(file);

    await flipByte(folder, studentPath(run.name));
    const { failed: [student] } = await measure(run);
    assertStringIncludes(
      student.cause,
      `${file}: its SHA-256 is ${sha256(await Deno.readFile(file))}, but the run says ` +
        `${sha256(whole)}; put back the file, or delete it and runs/${run.name}.arrow`,
    );
    await Deno.writeFile(file, whole);

    const other = measured({ ...planned, teacher: { ...planned.teacher, hash: "0" } });
    const { failed: [teacher] } = await measure(other);
    assertStringIncludes(
      teacher.cause,
      `${planned.teacher.file} holds a teacher of SHA-256 ${planned.teacher.hash}, but the run was ` +
        "planned with 0; put back the one of the plan",
    );
    assertEquals((await folder.names()).filter((name) => name.startsWith("evaluations/")), []);

    assertEquals((await measure(run)).failed, []);
    const { metadata } = await folder.read(run.evaluations[0].result);
    assertEquals(metadata.weights, sha256(whole));
  });
});
