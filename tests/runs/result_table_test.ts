import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { resultNameOf } from "../../lib/runs/planned_run.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { collectTable } from "../../lib/runs/table/result_table.ts";
import { summaryTable } from "../../lib/runs/table/summary_table.ts";
import { tableName, updateTable } from "../../lib/runs/table/table_file.ts";
import { table2 } from "../../experiments/table2.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { addEvaluation, swap } from "./results/reference_copy.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { removeResult } from "../store/remove_result.ts";

const REFERENCE = join(PROJECT_ROOT, "results", "reference");
const NAME = "tables/quickstart-quick";

/** Runs a test on a copy of the reference results, with its plan. */
async function withReference(
  use: (folder: ResultsFolder, plan: Awaited<ReturnType<typeof openPlan>>) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (path) => {
    await Deno.mkdir(join(path, "runs"));
    for await (const { name } of Deno.readDir(join(REFERENCE, "runs"))) {
      await Deno.copyFile(join(REFERENCE, "runs", name), join(path, "runs", name));
    }
    const manifest = JSON.parse(await Deno.readTextFile(join(REFERENCE, "manifest.json")));
    const files = Object.entries(manifest.files).filter(([file]) => file.startsWith("runs/"));
    await Deno.writeTextFile(
      join(path, "manifest.json"),
      JSON.stringify({ files: Object.fromEntries(files) }),
    );
    const folder = await ResultsFolder.open(path);
    await use(folder, await openPlan(quickstart, { scale: "quick" }, { results: path }));
  });
}

async function summaryOf(...args: Parameters<typeof summaryTable>): Promise<string> {
  return String((await bundleOf(summaryTable(...args)))["text/plain"]);
}

Deno.test("collectTable() reads the reference results, which lack some newer columns", async () => {
  const folder = await ResultsFolder.openToRead(REFERENCE);
  const plan = await openPlan(quickstart, { scale: "quick" }, { results: folder.path });
  const { rows, missing, unmeasured, damaged } = await collectTable(folder, plan);
  assertEquals([damaged, missing, unmeasured], [[], [], []]);
  assertEquals(rows.length, 6);
});

Deno.test("a table names missing and damaged results, and shows the rest", async () => {
  await withReference(async (folder, plan) => {
    await removeResult(folder, resultNameOf(plan[1]));
    const file = join(folder.path, `${resultNameOf(plan[2])}.arrow`);
    const bytes = await Deno.readFile(file);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    await Deno.writeFile(file, bytes);
    const measured = plan.map((run) => ({
      ...run,
      evaluations: [{
        result: `evaluations/${run.name}-boundary`,
        name: "boundary",
        options: {},
        flops: 1,
      }],
    }));
    const table = await collectTable(folder, measured);
    assertEquals(table.rows.length, 4);
    assertEquals(table.missing.map(({ name }) => name), [plan[1].name]);
    assertEquals(table.damaged.map(({ run }) => run.name), [plan[2].name]);
    const text = await summaryOf(quickstart, "quick", table);
    const { dataset, seed, student } = plan[1].specification;
    assertStringIncludes(
      text,
      `Missing: ${student} ${plan[1].label} on 20 % of ${dataset.name} for 8 epochs, seed ${seed}`,
    );
    assertStringIncludes(text, `Damaged: ${file} is damaged`);
    assertStringIncludes(text, "Not yet measured: resnet8 original on 20 %");
    assertStringIncludes(text, "4 runs");
  });
});

Deno.test("a table names and leaves out an evaluation of other weights, and results that changed places", async () => {
  await withReference(async (folder, [first, second, ...rest]) => {
    const { metadata: { weights } } = await folder.read(resultNameOf(first));
    const withEvaluation = async (run: typeof first, said: Record<string, string>) => {
      const result = await addEvaluation(folder, run.name, "mag_sim", 0.5, said);
      return { ...run, evaluations: [{ result, name: "boundary", options: {}, flops: 1 }] };
    };
    const plan = [await withEvaluation(first, { weights }), await withEvaluation(second, {})];
    const measured = async () => {
      const { rows, damaged } = await collectTable(folder, plan);
      const figures = rows.map(({ figures }) => figures.mag_sim ?? null);
      return { figures, causes: damaged.map(({ cause }) => cause) };
    };
    assertEquals(await measured(), { figures: [0.5, 0.5], causes: [] });

    await withEvaluation(second, { weights });
    const { figures, causes: [cause] } = await measured();
    assertEquals(figures, [0.5, null]);
    assertStringIncludes(cause, `it measured weights of SHA-256 ${weights}, but its run`);

    await swap(folder, ...plan.map(({ evaluations: [{ result }] }) => result) as [string, string]);
    assertEquals((await measured()).figures, [null, null]);

    await swap(folder, resultNameOf(rest[0]), resultNameOf(rest[1]));
    const { rows, damaged } = await collectTable(folder, rest.slice(0, 2));
    assertEquals(rows, []);
    assertStringIncludes(damaged[0].cause, `its specification is that of the run ${rest[1].name}`);
  });
});

Deno.test("a table of measurements shows the warnings about them, each once", async () => {
  await withReference(async (folder, plan) => {
    const [one, other, unwarned] = await Promise.all(
      plan.slice(0, 3).map(async (run, index) => {
        const warnings = JSON.stringify(Array(index < 2 ? 2 : 0).fill("gradients may be masked"));
        const result = await addEvaluation(folder, run.name, "mag_sim", 0.5, { warnings });
        return { ...run, evaluations: [{ result, name: "boundary", options: {}, flops: 1 }] };
      }),
    );
    const measures = ["test_accuracy", "mag_sim"];
    const doubtsOf = async (plan: typeof one[], experiment = { ...quickstart, measures }) => {
      const text = await summaryOf(experiment, "quick", await collectTable(folder, plan));
      return /Doubtful measurements: .*/.exec(text)?.[0] ?? null;
    };
    assertEquals(
      await doubtsOf([one, other, unwarned]),
      `Doubtful measurements: ${one.name} and 1 other run: gradients may be masked`,
    );
    assertEquals(await doubtsOf([unwarned]), null);
    assertEquals(await doubtsOf([one], { ...quickstart, measures: ["test_accuracy"] }), null);
  });
});

Deno.test("updateTable() leaves a table alone that is not its own", async () => {
  await withReference(async (folder, plan) => {
    await updateTable(folder, NAME, quickstart, { own: plan, asked: plan });
    const { columns, rows, metadata } = await folder.read(NAME);
    const other = { ...metadata, experiment: "table1" };
    await folder.write(NAME, columns, rows.slice(1), other);
    await updateTable(folder, NAME, quickstart, { own: plan, asked: plan });
    assertEquals((await folder.read(NAME)).metadata, other);
  });
});

Deno.test("updateTable() writes default runs first, then others by name, and writes nothing if nothing is new", async () => {
  await withReference(async (folder, plan) => {
    const [first, ...own] = plan;
    await updateTable(folder, NAME, quickstart, { own, asked: [first] });
    const written = await folder.read(NAME);
    assertEquals(written.rows.map((row) => row.run), [...own, first].map(({ name }) => name));
    assertEquals(written.metadata.missing, "[]");
    const { mtime } = await Deno.stat(join(folder.path, `${NAME}.arrow`));
    // The row of an earlier command stays in its place…
    await updateTable(folder, NAME, quickstart, { own, asked: own });
    assertEquals((await Deno.stat(join(folder.path, `${NAME}.arrow`))).mtime, mtime);
    // …unless its run is gone.
    await removeResult(folder, resultNameOf(first));
    await updateTable(folder, NAME, quickstart, { own: plan, asked: plan });
    const after = await folder.read(NAME);
    assertEquals(after.rows.length, 5);
    assertEquals(JSON.parse(after.metadata.missing), [first.name]);
  });
});

Deno.test("a table lists as missing what was ever requested, and nothing else of its experiment", async () => {
  await withReference(async (folder, plan) => {
    const [first, second, ...rest] = plan;
    const missing = async (asked: typeof plan) => {
      await updateTable(folder, NAME, quickstart, { own: plan, asked });
      return JSON.parse((await folder.read(NAME)).metadata.missing);
    };
    await removeResult(folder, resultNameOf(first));
    await removeResult(folder, resultNameOf(second));
    assertEquals(await missing(rest), []);
    assertEquals(await missing([first, ...rest]), [first.name]);
    assertEquals(await missing([second]), [second.name, first.name]);
    assertEquals(await missing(rest), [second.name, first.name]);
  });
});

Deno.test("a table remembers which of its rows are not measured", async () => {
  await withReference(async (folder, plan) => {
    const [first, ...rest] = plan;
    const evaluations = [{ result: "evaluations/none", name: "boundary", options: {}, flops: 1 }];
    const unmeasured = async (asked: typeof plan) => {
      await updateTable(folder, NAME, quickstart, { own: rest, asked });
      return JSON.parse((await folder.read(NAME)).metadata.unmeasured);
    };
    assertEquals(await unmeasured([{ ...first, evaluations }]), [first.name]);
    assertEquals(await unmeasured(rest), [first.name]);
    assertEquals(await unmeasured([first]), []);
  });
});

Deno.test("a table does not ask for measurements of default runs that nobody requested", async () => {
  await withReference(async (folder, plan) => {
    const evaluations = [{ result: "evaluations/none", name: "boundary", options: {}, flops: 1 }];
    const own = plan.map((run) => ({ ...run, evaluations }));
    await updateTable(folder, NAME, quickstart, { own, asked: own.slice(0, 1) });
    const { unmeasured } = (await folder.read(NAME)).metadata;
    assertEquals(JSON.parse(unmeasured), [own[0].name]);
  });
});

Deno.test("several calls of updateTable() at once end with the rows of all", async () => {
  await withReference(async (folder, plan) => {
    await Promise.all(
      plan.map((run) => updateTable(folder, NAME, quickstart, { own: [], asked: [run] })),
    );
    assertEquals((await folder.read(NAME)).rows.length, plan.length);
  });
});

Deno.test("a table on another data set than the experiment's has its own file", () => {
  assertEquals(tableName(quickstart, "quick"), NAME);
  assertEquals(tableName(quickstart, "quick", "fashion-mnist-subset"), NAME);
  assertEquals(tableName(quickstart, "quick", "cifar10"), `${NAME}-cifar10`);
  assertEquals(tableName(table2, "paper", "imagenet32"), "tables/table2-paper");
  assert(tableName(table2, "smoke", "imagenet32").endsWith("-imagenet32"));
});
