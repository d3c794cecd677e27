import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { basename, join } from "node:path";
import { assertFindings, nameOf, TABLE_FILE } from "./assert_findings.ts";
import {
  addEvaluation,
  evaluationOf,
  flipByte,
  pathOf,
  rewrite,
  swap,
  TABLE,
  withReferenceCopy,
} from "./reference_copy.ts";
import { verifyResults } from "../../../lib/runs/results/verify_results.ts";
import { studentPath } from "../../../lib/runs/table/run_results.ts";
import { resultFile } from "../../../lib/store/manifest.ts";
import { UserError } from "../../../lib/user_error.ts";
import { removeResult } from "../../store/remove_result.ts";

Deno.test("verifyResults() finds no fault in whole results, and counts the kept weights", async () => {
  await withReferenceCopy(async (folder, runs) => {
    const names = [...runs, TABLE];
    const whole = { findings: [], names, runs: 6, withWeights: 3 };
    assertEquals(await verifyResults(folder, []), whole);
    await Deno.remove(join(folder.path, studentPath(nameOf(runs[0]))));
    assertEquals(await verifyResults(folder, []), { ...whole, withWeights: 2 });
  });
});

Deno.test("verifyResults() finds a flipped byte, a truncated file, and a missing one", async () => {
  await assertFindings(
    (folder, run) => flipByte(folder, resultFile(run)),
    (run) => [["damaged", resultFile(run), /its SHA-256 is .* but the manifest says .*; delete/]],
  );
  await assertFindings(
    (folder, run) => Deno.truncate(pathOf(folder, run), 100),
    (run) => [["damaged", resultFile(run), /it has 100 bytes but the manifest says \d+; delete/]],
  );
  await assertFindings(
    (folder, run) => Deno.remove(pathOf(folder, run)),
    (run) => [["damaged", resultFile(run), /is listed in manifest\.json but missing/]],
  );
});

Deno.test("verifyResults() finds a schema other than the manifest's", async () => {
  await assertFindings(
    async ({ path }, run) => {
      const manifest = JSON.parse(await Deno.readTextFile(join(path, "manifest.json")));
      manifest.files[resultFile(run)].schema.epoch = "utf8";
      await Deno.writeTextFile(join(path, "manifest.json"), JSON.stringify(manifest));
    },
    (run) => [["damaged", resultFile(run), /its schema is .* but the manifest says/]],
  );
});

Deno.test("verifyResults() finds a run with an epoch too few, which its table then contradicts", async () => {
  await assertFindings(
    (folder, run) => rewrite(folder, run, ({ rows }) => ({ rows: rows.slice(0, -1) })),
    (run) => [
      ["damaged", resultFile(run), /its row 7 must be epoch 8 of stage "train", but is missing/],
      ["stale", TABLE_FILE, /row 4 has the epochs 8, but its results 7; `deno task reproduce/],
    ],
  );
});

Deno.test("verifyResults() finds a run with an epoch too many", async () => {
  await assertFindings(
    async (folder, run) => {
      await removeResult(folder, TABLE);
      await rewrite(folder, run, ({ rows }) => ({ rows: [...rows, { ...rows[7], epoch: 9 }] }));
    },
    (run) => [
      ["damaged", resultFile(run), /its row 8 must be none, but is epoch 9 of stage "train"/],
    ],
  );
});

Deno.test("verifyResults() finds a missing run, and the files it left behind", async () => {
  await assertFindings(
    (folder, run) => removeResult(folder, run),
    (run) => [
      [
        "incomplete",
        TABLE_FILE,
        new RegExp(`its rows have runs that are missing: ${nameOf(run)};`),
      ],
      ["unlisted", studentPath(nameOf(run)), /there is no run of that name/],
    ],
  );
});

Deno.test("verifyResults() finds an evaluation of a missing run", async () => {
  await assertFindings(
    (folder) => addEvaluation(folder, "a", "mag_sim", 0.5),
    () => [[
      "incomplete",
      resultFile(evaluationOf("a", "mag_sim")),
      /its run a is missing/,
    ]],
  );
});

Deno.test("verifyResults() finds two evaluations that have changed places together with their entries", async () => {
  await withReferenceCopy(async (folder, runs) => {
    const evaluations = await Promise.all(
      runs.slice(0, 2).map((run) => addEvaluation(folder, nameOf(run), "mag_sim", 0.5)),
    );
    assertEquals((await verifyResults(folder, [])).findings, []);
    await swap(folder, ...evaluations as [string, string]);
    const { findings } = await verifyResults(folder, []);
    assertEquals(findings.map(({ kind, file }) => [kind, file]), [
      ["damaged", resultFile(evaluations[0])],
      ["damaged", resultFile(evaluations[1])],
    ]);
    assertStringIncludes(findings[0].message, `its metadata are those of ${evaluations[1]}; give`);
  });
});

Deno.test("verifyResults() finds an evaluation of other weights than its run's final ones", async () => {
  await assertFindings(
    async (folder, run) => {
      const { metadata: { weights } } = await folder.read(run);
      await addEvaluation(folder, nameOf(run), "mag_sim", 0.5, { weights });
      await addEvaluation(folder, nameOf(run), "ang_sim", 0.5, { weights: "0".repeat(64) });
    },
    (run) => [[
      "stale",
      resultFile(evaluationOf(nameOf(run), "ang_sim")),
      /it measured weights of SHA-256 0{64}, but its run ended in 14e31e\w+; delete that file/,
    ]],
  );
});

Deno.test("verifyResults() finds a table with another table's name", async () => {
  await assertFindings(
    (folder) => rewrite(folder, TABLE, () => ({}), "tables/table1-quick"),
    () => [[
      "damaged",
      "tables/table1-quick.arrow",
      /its content is that of tables\/quickstart-quick; give the file and its entry/,
    ]],
  );
});

Deno.test("verifyResults() finds a run with another run's name", async () => {
  await assertFindings(
    async (folder, run) => {
      await removeResult(folder, TABLE);
      await Deno.remove(join(folder.path, studentPath(nameOf(run))));
      await rewrite(folder, run, () => ({}), "runs/other");
    },
    (run) => [
      [
        "damaged",
        "runs/other.arrow",
        new RegExp(`its specification is that of the run ${nameOf(run)}`),
      ],
    ],
  );
});

Deno.test("verifyResults() finds a run without a specification", async () => {
  await assertFindings(
    (folder, run) => rewrite(folder, run, () => ({ metadata: { specification: '{"seed":1}' } })),
    (run) => [["damaged", resultFile(run), /its metadata holds no specification of a run; delete/]],
  );
});

Deno.test("verifyResults() says that it cannot check the epochs of an unknown method", async () => {
  await assertFindings(
    async (folder, run) => {
      await removeResult(folder, TABLE);
      await rewrite(folder, run, ({ metadata }) => ({
        metadata: { ...metadata, specification: metadata.specification.replace('"bss"', '"new"') },
      }));
    },
    (run) => [
      ["damaged", resultFile(run), /its specification is that of the run .*-new-quick-seed1-/],
      [
        "incomplete",
        resultFile(run),
        /there is no method "new" here; .* the version that made it, a83e6de/,
      ],
    ],
  );
});

Deno.test("verifyResults() finds weights that are not a run's final ones", async () => {
  await assertFindings(
    (folder, run) => flipByte(folder, studentPath(nameOf(run))),
    (
      run,
    ) => [[
      "damaged",
      studentPath(nameOf(run)),
      /its SHA-256 is .*, but the run says .*; put back/,
    ]],
  );
});

Deno.test("verifyResults() finds weights that cannot be read, and checks the rest", async () => {
  const other = "runs/foreign.arrow";
  for (const replace of [Deno.mkdir, (file: string) => Deno.symlink(basename(file), file)]) {
    await assertFindings(
      async ({ path }, run) => {
        const file = join(path, studentPath(nameOf(run)));
        await Deno.remove(file);
        await replace(file);
        await Deno.writeTextFile(join(path, other), "");
      },
      (run) => [
        ["damaged", studentPath(nameOf(run)), /cannot read .*; (move|remove) /],
        ["unlisted", other, /is not listed/],
      ],
    );
  }
});

Deno.test("verifyResults() leaves the checkpoints of a run whose weights are gone: it may train again", async () => {
  await assertFindings(
    async ({ path }, run) => {
      await Deno.remove(join(path, studentPath(nameOf(run))));
      const checkpoints = join(path, "checkpoints", nameOf(run));
      await Deno.mkdir(checkpoints, { recursive: true });
      await Deno.writeTextFile(join(checkpoints, "epoch-00001.safetensors"), "");
    },
    () => [],
  );
});

Deno.test("verifyResults() finds files left by killed processes and strangers", async () => {
  await assertFindings(
    async (folder, run) => {
      await Deno.copyFile(pathOf(folder, run), join(folder.path, "runs", "foreign.arrow"));
      await Deno.writeTextFile(join(folder.path, "runs", "a.arrow.0123abcd.tmp"), "ARR");
      await Deno.writeTextFile(join(folder.path, "notes.txt"), "mine");
      const half = join(folder.path, "students", "a.safetensors.0123abcd.tmp");
      await Deno.writeTextFile(half, "");
      await Deno.utime(half, 0, 0);
      const checkpoints = join(folder.path, "checkpoints");
      for (const name of [nameOf(run), "unfinished"]) {
        await Deno.mkdir(join(checkpoints, name), { recursive: true });
        await Deno.writeTextFile(join(checkpoints, name, "epoch-00001.safetensors"), "");
        await Deno.writeTextFile(join(checkpoints, name, "epoch-00002.safetensors"), "");
      }
    },
    (run) => [
      ["unlisted", `checkpoints/${nameOf(run)}`, /that run is finished, .* they can be deleted/],
      ["unlisted", "runs/a.arrow.0123abcd.tmp", /was half written by a killed process/],
      [
        "unlisted",
        "students/a.safetensors.0123abcd.tmp",
        /was half written by a killed process/,
      ],
      ["unlisted", "runs/foreign.arrow", /is not listed in manifest\.json, so nothing reads it/],
    ],
  );
});

Deno.test("verifyResults() ignores a results folder inside the folder", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    await Deno.mkdir(join(folder.path, "inner", "runs"), { recursive: true });
    await Deno.writeTextFile(join(folder.path, "inner", "manifest.json"), '{"files": {}}');
    await Deno.copyFile(pathOf(folder, run), join(folder.path, "inner", "runs", "a.arrow"));
    assertEquals((await verifyResults(folder, [])).findings, []);
  });
});

Deno.test("verifyResults() of some results ignores the others", async () => {
  await withReferenceCopy(async (folder, [first, second]) => {
    await flipByte(folder, studentPath(nameOf(first)));
    await flipByte(folder, resultFile(second));
    await Deno.writeTextFile(join(folder.path, "runs", "foreign.arrow"), "");
    const found = async (...patterns: string[]) =>
      (await verifyResults(folder, patterns)).findings.map(({ file }) => file);
    assertEquals(await found("tables/"), []);
    assertEquals(await found(second), [resultFile(second)]);
    assertEquals(await found("runs/*-bss-"), [
      resultFile(second),
      studentPath(nameOf(first)),
    ]);
  });
});

Deno.test("verifyResults() says that a manifest is damaged", async () => {
  await withReferenceCopy(async (folder) => {
    await Deno.writeTextFile(join(folder.path, "manifest.json"), "{");
    await assertRejects(() => verifyResults(folder, []), UserError, "manifest.json is damaged");
  });
});
