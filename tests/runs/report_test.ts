import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { cp } from "node:fs/promises";
import { join, relative } from "node:path";
import { commandFor } from "../../lib/runs/report/experiment_report.ts";
import { openReport } from "../../experiments/experiments.ts";
import {
  against,
  curves,
  gains,
  gainsByShare,
  reliabilities,
} from "../../lib/runs/report/figure_rows.ts";
import { provenanceTable } from "../../lib/runs/report/provenance_table.ts";
import { runHere } from "../../lib/runs/report/run_here.ts";
import { stateTable } from "../../lib/runs/report/state_table.ts";
import { timesTable } from "../../lib/runs/report/times_table.ts";
import { verdictTable } from "../../lib/runs/report/verdict_table.ts";
import { table1 } from "../../experiments/table1.ts";
import { collectTable, type ResultTable } from "../../lib/runs/table/result_table.ts";
import { summarise } from "../../lib/runs/table/summary.ts";
import { summaryTable } from "../../lib/runs/table/summary_table.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { INPUTS_MIME } from "../../lib/notebook/notebook.ts";
import { bundleOf, type Displayable } from "../../lib/report/display.ts";
import { readManifest } from "../../lib/store/manifest.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { tableRowOf } from "./table_row_of.ts";

const REFERENCE = join(PROJECT_ROOT, "results", "reference");

const textOf = async (shown: Displayable) => String((await bundleOf(shown))["text/plain"]);

Deno.test("a report of finished results says so, and has nothing to run", async () => {
  const report = await openReport("quickstart", { scale: "quick", results: REFERENCE });
  assertMatch(await textOf(await stateTable(report)), /quick +6 +6 +6/);
  await runHere(report);
  const command = "deno task reproduce quickstart --scale quick --results results/reference";
  assertEquals(commandFor(report), command);
});

Deno.test("a report's command says where the images are", async () => {
  const data = { dataFolder: "my data", acceptUnverified: true };
  const report = await openReport("quickstart", { scale: "quick", results: REFERENCE, ...data });
  assertMatch(
    commandFor(report),
    / --results results\/reference --data 'my data' --unverified-data$/,
  );
});

Deno.test("a report counts a run as trained even if its student's weights are gone", async () => {
  const methods = ["original", "hinton", "bss"];
  const choices = { scale: "quick", students: ["resnet8"], methods, seeds: [1, 2] } as const;
  const report = await openReport("table1", { ...choices, results: REFERENCE });
  // Table 1 also measures its students, and those of seed 2 are not kept.
  assertMatch(await textOf(await stateTable(report)), /quick +6 +6 +0 +about/);
});

Deno.test("a report without results names the command, estimates its time, and can run it", async () => {
  await withTemporaryFolder(async (results) => {
    const few = { scale: "smoke", methods: ["original"], seeds: [1], fractions: [0.01] } as const;
    const set = { protocol: { batchSize: 16 } };
    const report = await openReport("quickstart", { ...few, set, results });
    const text = await textOf(await stateTable(report));
    assertMatch(text, /smoke +1 +0 +0 +about \d+ s/);
    assertStringIncludes(text, "deno task reproduce quickstart --scale smoke");
    await runHere(report);
    assertMatch(await textOf(await stateTable(report)), /smoke +1 +1 +1/);
  });
});

Deno.test("a report lists the valid names for an unknown experiment, scale or option", async () => {
  const huge = { scale: "huge" as "quick" };
  await assertRejects(
    () => openReport("table1", huge),
    UserError,
    "choose from smoke, quick, paper",
  );
  await assertRejects(() => openReport("tabel1", { scale: "quick" }), UserError, "choose from");
  const refused = (choices: Record<string, unknown>, message: string) =>
    assertRejects(
      () => openReport("table1", { scale: "smoke", ...choices }),
      UserError,
      message,
    );
  await refused(
    { sett: { bss: { eta: 0.1 } } },
    'openReport has no choice "sett"; choose from scale, dataset, fractions, students, methods, seeds, ' +
      "attack, set, beside, teacherPrecision, results, parts, dataFolder, acceptUnverified",
  );
  await refused({ set: { bsss: {} } }, "the methods here are original, hinton, fitnet");
  await refused({ set: { bss: { etta: 1 } } }, 'bss has no option "etta"; it has eta, ');
  await refused({ set: { bss: 0.1 } }, "bss is set to 0.1, but must be options by name");
  await refused({ set: { protocol: { epoch: 1 } } }, 'no option "epoch"; it has epochs, batchSize');
  await refused(
    { seeds: 3 },
    "seeds of openReport is 3, but must be a list of whole numbers from 1",
  );
  await refused({ seeds: [0] }, "seeds of openReport is [0], but");
  await refused({ seeds: [] }, "seeds of openReport is [], but");
  await refused({ set: "bss.eta=1" }, 'set of openReport is "bss.eta=1", but must be options by');
  await refused({ fractions: [20] }, "must be a list of shares above 0 and at most 1, as in [0.2]");
  await refused({ methods: "bss" }, 'methods of openReport is "bss", but must be a list of names');
  await refused({ teacherPrecision: "bfloat16" }, '"bfloat16"; choose from f32, bf16');
  const set = { fitnet: { hintShare: 1 } };
  await assertRejects(() => openReport("quickstart", { scale: "quick", set }), UserError, "fitnet");
});

Deno.test("a report shows the runs of several parts together, each once, and names their commands", async () => {
  const parts = [{ seeds: [1] }, { methods: ["hinton", "bss"], seeds: [1, 2] }];
  const report = await openReport("quickstart", { scale: "quick", parts, results: REFERENCE });
  const planned = report.plan.map(({ label, specification: { seed } }) => `${label} ${seed}`);
  assertEquals(planned, ["original 1", "hinton 1", "bss 1", "hinton 2", "bss 2"]);
  assertMatch(await textOf(await stateTable(report)), /quick +5 +5 +5/);
  const [first, second] = commandFor(report).split(" && ");
  assertStringIncludes(first, "reproduce quickstart --scale quick --seeds 1, --results");
  assertStringIncludes(
    second,
    "reproduce quickstart --scale quick --methods hinton,bss --seeds 1,2",
  );
  const wrong = () => openReport("quickstart", { scale: "quick", parts: [{ seed: 1 } as object] });
  await assertRejects(wrong, UserError, 'a part of openReport has no choice "seed"');
});

Deno.test("a report names a damaged and a missing result, and shows the rest", async () => {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "results");
    await cp(REFERENCE, results, { recursive: true });
    const report = await openReport("quickstart", { scale: "quick", results });
    const [original, , hinton] = report.plan;
    const file = (run: typeof original) => join(results, "runs", `${run.name}.arrow`);
    const bytes = await Deno.readFile(file(original));
    bytes[bytes.length >> 1] ^= 1;
    await Deno.writeFile(file(original), bytes);
    await Deno.remove(file(hinton));
    const table = await collectTable(report.folder, report.plan);
    const text = await textOf(summaryTable(report.experiment, "quick", table));
    assertMatch(text, /; student resnet8; scale quick\n/);
    assertMatch(text, /\nbss +69\.65 ± 0\.92/);
    assertStringIncludes(text, `Damaged: ${file(original)}`);
    assertMatch(text, /Missing: resnet8 hinton .* seed 1/);
    assertMatch(
      await textOf(verdictTable(table1, table.rows)),
      /1 of 3 seeds +.*\S+ points +.*1 of 3/,
    );
    assertMatch(
      await textOf(verdictTable(report.experiment, table.rows)),
      /BSS beat Hinton's distillation .*see table1/,
    );
    assertMatch(await textOf(await stateTable(report)), /quick +6 +5 +5/);
  });
});

Deno.test("a report of a variant compares it with the default beside it, paired by seed", async () => {
  const set = { bss: { eta: 2 } };
  const choices = { scale: "quick", methods: ["bss"], set, beside: true } as const;
  const report = await openReport("quickstart", { ...choices, results: REFERENCE });
  assertStringIncludes(commandFor(report), "--set bss.eta=2 --beside");
  const table = await collectTable(report.folder, report.plan);
  assertEquals(table.rows.map(({ method }) => method), ["bss", "bss"]);
  assertEquals(table.missing.map(({ label }) => label), ["bss (eta=2)", "bss (eta=2)"]);
  const { dataset, student, epochs, conditions } = table.rows[0];
  const variants = [
    tableRowOf("bss (eta=2)", 2, 0.7, { fraction: 0.2, epochs, student }),
    tableRowOf("bss (eta=2)", 1, 0.7, { fraction: 0.2, epochs, student }),
  ].map((row) => ({ ...row, dataset, scale: "quick" as const, conditions }));
  // The default has 70.3 and 69.0 %, by seed.
  assertMatch(
    await textOf(verdictTable(report.experiment, [...table.rows, ...variants])),
    /bss \(eta=2\) is better than bss +2 of 3 seeds +\+0\.35 points +\[−7\.91, 8\.61\] +2 of 3 +variants, 1 claim +us/,
  );
  const plain = await openReport("quickstart", { scale: "quick", results: REFERENCE });
  assert(!plain.experiment.claims.some(({ statement }) => statement.includes("is better than")));
});

Deno.test("a report has the claims at its scale", async () => {
  const report = await openReport("table1", { scale: "quick", results: REFERENCE });
  assertEquals(
    new Set(report.experiment.claims.map(({ place }) => place.scale)),
    new Set(["quick"]),
  );
});

Deno.test("provenanceTable() includes the hash of each result", async () => {
  const path = relative(".", REFERENCE);
  const report = await openReport("quickstart", { scale: "quick", results: path });
  const table = await collectTable(report.folder, report.plan);
  const bundle = await bundleOf(await provenanceTable(report, table));
  assertMatch(String(bundle["text/plain"]), /6 +1, 2 +AMD EPYC.* wasm/);
  const { folder, results } = bundle[INPUTS_MIME] as {
    folder: string;
    results: Record<string, string>;
  };
  assertEquals(folder, path);
  const manifest = await readManifest(REFERENCE);
  assertEquals(Object.keys(results).length, 6);
  for (const [name, hash] of Object.entries(results)) {
    assertEquals(manifest[`${name}.arrow`].sha256, hash);
  }
  assertEquals(curves(table).map(({ epochs }) => epochs.length), Array(6).fill(8));
});

Deno.test("curves() leaves out epochs that were not evaluated", () => {
  const rows = [tableRowOf("original", 1, 0.6)];
  const epochs = [{ epoch: 1, test_accuracy: null }, { epoch: 2, test_accuracy: 0.6 }];
  const table = { rows, results: [{ rows: epochs }] } as unknown as ResultTable;
  const [curve] = curves(table);
  assertEquals([curve.epochs, curve.accuracy], [[2], [60]]);
});

Deno.test("figures of gains pair seeds, at each share of the data and number of epochs", () => {
  const rows = [
    tableRowOf("original", 1, 0.5, { fraction: 0.2 }),
    tableRowOf("original", 2, 0.6, { fraction: 0.2 }),
    tableRowOf("original", 1, 0.8),
    tableRowOf("bss", 2, 0.7, { fraction: 0.2 }),
    tableRowOf("bss", 1, 0.8),
    tableRowOf("bss", 3, 0.9),
    tableRowOf("original", 1, 0.6, { fraction: 0.2, epochs: 10 }),
    tableRowOf("bss", 1, 0.9, { fraction: 0.2, epochs: 10 }),
  ];
  const summary = summarise(rows, {
    reference: "original",
    measures: ["test_accuracy", "seconds"],
  });
  assertEquals(
    gainsByShare(summary).map(({ x, values }) => [x, values.map(Math.round)]),
    [[20, [10]], [100, [0]], [20, [30]]],
  );
  assertEquals(
    gains(summary).map(({ student, mean }) => [student, Math.round(mean)]),
    [
      ["resnet8, 20 % of the images, 2 epochs", 10],
      ["resnet8, 100 % of the images, 2 epochs", 0],
      ["resnet8, 20 % of the images, 10 epochs", 30],
    ],
  );
  assertEquals(against(summary, "seconds").map(({ x }) => x), [15, 10, 20, 20, 10, 10]);
});

Deno.test("timesTable() has one line per method, whose phases add up to the times of a step and a run", async () => {
  const report = await openReport("quickstart", { scale: "quick", results: REFERENCE });
  const table = await collectTable(report.folder, report.plan);
  const lines = (await textOf(timesTable(report, table))).split("\n");
  assertEquals(lines[0], "Times, share of data 20 %, student resnet8, epochs 8");
  const [head] = lines.filter((line) => line.startsWith("method"));
  assertMatch(head, /a run \(min\).*a step \(ms\).*teacher \(ms\).*attack \(ms\).*student \(ms\)/);
  const methods = lines.filter((line) => /^(original|hinton|bss) /.test(line));
  assertEquals(methods.length, 3);
  for (const line of methods) {
    // The last column, the evaluation, is no phase of a step. These results have no share cached.
    const [runs, minutes, step, ...rest] = line.trim().split(/ {2,}/).slice(1).map(Number);
    const parts = rest.slice(0, -1).reduce((sum, value) => sum + value, 0);
    assert(Math.abs(parts - step) < 1, line);
    // 1,000 images in mini-batches of 32, 8 epochs
    const seconds = 32 * 8 * step / 1000 + 8 * rest.at(-1)!;
    assert(Math.abs(seconds - 60 * minutes) < 6, line);
    assertEquals(runs, 2);
  }
});

Deno.test("reliability diagrams weigh each seed's bin by its predictions", () => {
  const conditions = { processor: "", precision: ["f32"], kernels: "" };
  const of = (measure: string, value: number, n: number) => ({
    measure,
    value,
    low: null,
    high: null,
    n,
    conditions,
  });
  const results = [[1, 0.9, 1], [3, 0.98, 0]].map(([n, confidence, accuracy]) => ({
    measurements: [
      of("confidence_bin14_test", confidence, n),
      of("accuracy_bin14_test", accuracy, n),
    ],
  }));
  const rows = [tableRowOf("bss", 1, 0.5), tableRowOf("bss", 2, 0.5)];
  const [{ bins }] = reliabilities({ rows, results } as unknown as ResultTable);
  assertEquals([bins[14].n, bins[14].confidence, bins[14].accuracy], [4, 0.96, 0.25]);
});
