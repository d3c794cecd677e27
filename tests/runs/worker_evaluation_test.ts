import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { table4 } from "../../experiments/table4.ts";
import { evaluationNamed } from "../../lib/analysis/evaluations/evaluations.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import { readResNet } from "../../lib/nn/weights_file.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { runMissing } from "../../lib/runs/run_missing.ts";
import { studentFile } from "../../lib/runs/table/run_results.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { datasetFor } from "../../lib/training/run_specification.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("a run's evaluations are those of its student, its teacher and its test images", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const choices = { methods: ["original"], seeds: [1], fractions: [0.01] };
    const [run] = await openPlan(table4, { scale: "smoke", ...choices });
    assertEquals((await runMissing([run], { folder, backend: "wasm" })).failed, []);

    await startBackend("wasm");
    const frozen = async (file: string) => {
      const { network } = await readResNet(file);
      const frozen = freeze(network);
      network.dispose();
      return frozen;
    };
    const [student, teacher] = [
      await frozen(studentFile(folder, run)),
      await frozen(run.teacher.file),
    ];
    const whole = await loadDataset(run.specification.dataset.name);
    const dataset = datasetFor(whole, run.specification);
    assertNotEquals(dataset.test.count, whole.test.count);
    for (const { name, options, result } of run.evaluations) {
      const context = { student, teacher, dataset };
      const { measurements } = await evaluationNamed(name).measure(options, context);
      assertEquals((await folder.read(result)).rows, measurements.map((row) => ({ ...row })), name);
    }
    student.dispose();
    teacher.dispose();
  });
});

Deno.test("a run fails if its images are not those that it was planned with", async () => {
  await withTemporaryFolder(async (path) => {
    const folder = await ResultsFolder.open(path);
    const choices = { methods: ["original"], seeds: [1], fractions: [0.01] };
    const [planned] = await openPlan(table4, { scale: "smoke", ...choices });
    const { dataset } = planned.specification;
    const specification = { ...planned.specification, dataset: { ...dataset, fingerprint: "0" } };
    const { failed } = await runMissing([{ ...planned, specification }], {
      folder,
      backend: "wasm",
    });
    assertStringIncludes(
      failed[0].cause,
      `have the SHA-256 ${dataset.fingerprint}, but the run was planned with 0; put back those of the plan`,
    );
  });
});
