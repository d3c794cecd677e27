import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { comparedSides } from "../../lib/runs/results/compared_sides.ts";
import { comparisonTables } from "../../lib/runs/results/comparison.ts";
import { verifyResults } from "../../lib/runs/results/verify_results.ts";
import { saveRun } from "../../lib/runs/save_run.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { train, type TrainingResult } from "../../lib/training/train.ts";
import { defineMethod } from "../../lib/distillation/method.ts";
import { original } from "../../lib/distillation/original.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { smallDataset, smallSpecification, testEnvironment } from "../training/small_run.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

onAutomaticBackend(
  "saveRun() keeps a run of a notebook's own method beside others",
  async (backend) => {
    const method = defineMethod({ ...original, name: "mine", options: {} });
    const input = {
      dataset: smallDataset(),
      teacher: null,
      environment: testEnvironment(backend),
      method,
    };
    await withTemporaryFolder(async (path) => {
      const names = [];
      for (const name of ["original", "mine"]) {
        const specification = { ...smallSpecification("original"), method: name };
        const trained = await train(specification, {
          ...input,
          method: name === "mine" ? method : original,
        });
        names.push(await saveRun(path, specification, input, trained));
        assertEquals(await saveRun(path, specification, input, trained), names.at(-1));
        const { student } = await train({ ...smallSpecification("original"), seed: 9 }, {
          ...input,
          method: original,
        });
        const refused = (message: string, wrong: Partial<TrainingResult>) =>
          assertRejects(
            () => saveRun(path, specification, input, { ...trained, ...wrong }),
            UserError,
            message,
          );
        await refused("choose another folder or seed", { student });
        await refused("there are no rows", { rows: [] });
        await refused("row 1 has the epoch 2", { rows: trained.rows.toReversed() });
        const rows = trained.rows.map((row) => ({ ...row, test_accuracy: 75 }));
        await refused("needs a test_accuracy in 0…1, but has 75", { rows });
        student.dispose();
        trained.student.dispose();
      }
      const folder = await ResultsFolder.openToRead(path);
      assertEquals(await folder.names(), names.map((name) => `runs/${name}`).toSorted());
      const { rows, metadata } = await folder.read(`runs/${names[1]}`);
      assertEquals([rows.length, metadata.backend, metadata.data], [2, backend, "embedded"]);
      const { findings } = await verifyResults(folder, []);
      assertEquals(findings.map(({ file, kind }) => [file, kind]), [
        [`runs/${names[1]}.arrow`, "incomplete"],
      ]);
      assertStringIncludes(findings[0].message, "a notebook may define it");
      const sides = await comparedSides(path, [names[0], names[1]]);
      const [table] = comparisonTables(sides);
      assertStringIncludes(String((await bundleOf(table))["text/plain"]), "mine");
      await Deno.stat(join(path, "students", `${names[1]}.safetensors`));
    });
  },
);
