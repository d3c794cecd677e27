import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { experiments } from "../../experiments/experiments.ts";
import { temperatureWeights } from "../../experiments/temperature_weights.ts";
import { tuning } from "../../experiments/tuning.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { bundleOf } from "../../lib/report/display.ts";
import type { PlannedRun } from "../../lib/runs/planned_run.ts";
import { planRuns } from "../../lib/runs/plan.ts";
import { chosenTable } from "../../lib/runs/report/chosen_table.ts";
import { runFields } from "../../lib/runs/results/run_fields.ts";
import type { StoredRun } from "../../lib/runs/results/stored_result.ts";
import { tableRow } from "../../lib/runs/table/table_row.ts";
import type { EpochRow } from "../../lib/training/epoch_row.ts";
import { SCALES } from "../../lib/training/run_specification.ts";
import { namedSources } from "./plan_sources.ts";

/** Makes a finished run of one epoch. */
function finished({ name, specification }: PlannedRun, test_accuracy: number) {
  const rows = [{ epoch: 1, stage: "train", test_accuracy }] as unknown as EpochRow[];
  return { name, specification, rows, measurements: [], warnings: [], metadata: {} };
}

Deno.test("tuning alone is tested on a tenth of the training images", async () => {
  for (const experiment of experiments) {
    for (const scale of SCALES) {
      const plan = await planRuns(experiment, { scale }, namedSources);
      const shares = new Set(plan.map(({ specification }) => specification.dataset.validation));
      assertEquals([...shares], [experiment === tuning ? 0.1 : undefined], experiment.name);
    }
  }
});

Deno.test("tuning tries four weights of attention transfer and of FSP, with the defaults", async () => {
  const plan = await planRuns(tuning, { scale: "paper" }, namedSources);
  const tried = (method: string, option: string) => {
    const values = plan.filter(({ specification }) => specification.method === method)
      .map(({ specification }) => specification.options[option]);
    assert(values.includes(methodNamed(method).options[option].default));
    return new Set(values).size;
  };
  assertEquals([tried("attention", "weight"), tried("fsp", "fspWeight"), plan.length], [4, 4, 9]);
});

Deno.test("a run with validation images counts fewer training images", async () => {
  const [run] = await planRuns(tuning, { scale: "quick" }, namedSources);
  const { validation: _, ...grid } = tuning.scales.quick[0];
  const whole = { ...tuning, scales: { ...tuning.scales, quick: [grid] } };
  const [other] = await planRuns(whole, { scale: "quick" }, namedSources);
  assert(run.flops < other.flops);
});

Deno.test("results name the validation images", async () => {
  const [run] = await planRuns(tuning, { scale: "smoke", seeds: [1] }, namedSources);
  const result = finished(run, 0.5);
  const { figures } = tableRow(run, result);
  assertEquals([figures.validation_accuracy, figures.test_accuracy], [0.5, undefined]);
  const stored = { ...result, name: `runs/${run.name}` } as unknown as StoredRun;
  assertEquals(runFields(stored).dataset, "fashion-mnist-subset, validation 0.1");
});

Deno.test("chosenTable() shows the value with the highest mean beside the default", async () => {
  const plan = await planRuns(tuning, { scale: "smoke", seeds: [1, 2] }, namedSources);
  const accuracies: Record<string, [number, number]> = {
    "attention (weight=100)": [0.9, 0.5],
    "attention (weight=10)": [0.8, 0.7],
    "attention (weight=1000)": [0.7, 0.6],
    "fsp (fspWeight=0.1)": [0.6, 0.6],
    "fsp (fspWeight=1)": [0.6, 0.6],
  };
  const rows = plan.filter(({ label }) => label in accuracies).map((run) =>
    tableRow(run, finished(run, accuracies[run.label][run.specification.seed - 1]))
  );
  const text = String((await bundleOf(chosenTable(plan, rows)))["text/plain"])
    .replaceAll(/ +/g, " ");
  assertStringIncludes(text, "attention.weight 1000 65.00 ± 7.07 10 75.00 ± 7.07");
  assertStringIncludes(text, "fsp.fspWeight 1 60.00 ± 0.00 1 60.00 ± 0.00");
});

Deno.test("chosenTable() chooses for each student alone", async () => {
  const students = ["resnet8", "resnet14"];
  const choices = { scale: "smoke", seeds: [1], students, methods: ["attention"] } as const;
  const plan = await planRuns(tuning, choices, namedSources);
  const rows = plan.filter(({ label }) => /=100+\)/.test(label)).map((run) => {
    const isBest = (run.specification.student === "resnet8") === (run.label.endsWith("=100)"));
    return tableRow(run, finished(run, isBest ? 0.9 : 0.5));
  });
  const text = String((await bundleOf(chosenTable(plan, rows)))["text/plain"])
    .replaceAll(/ +/g, " ");
  for (const [student, chosen] of [["resnet8", "100 90.00"], ["resnet14", "1000 90.00"]]) {
    assertMatch(
      text,
      new RegExp(`attention.weight, ${student}, \\d+ % of the images 1000 [0-9.]+ ${chosen}`),
    );
  }
});

Deno.test("chosenTable() knows the default of an option that specifications leave out", async () => {
  const plan = await planRuns(temperatureWeights, { scale: "smoke", seeds: [1] }, namedSources);
  const rows = plan.filter(({ label }) => label === "bss" || label.startsWith("β = "))
    .map((run) => {
      const row = tableRow(run, finished(run, 0.5 + Number(run.label === "β = 4") / 4));
      const { test_accuracy: validation_accuracy } = row.figures;
      return { ...row, figures: { validation_accuracy } };
    });
  const text = String((await bundleOf(chosenTable(plan, rows)))["text/plain"])
    .replaceAll(/ +/g, " ");
  assertStringIncludes(text, "bss.beta 2 50.00 4 75.00");
});
