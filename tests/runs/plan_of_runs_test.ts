import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { experimentNamed } from "../../experiments/experiments.ts";
import { type PlannedCommand, planOfRuns } from "../../experiments/plan_of_runs.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { mergePlans, type PlannedRun } from "../../lib/runs/planned_run.ts";
import { planRuns } from "../../lib/runs/plan.ts";
import { namedSources } from "./plan_sources.ts";

const parts = await planOfRuns();

async function runsOf({ experiments, choices }: PlannedCommand): Promise<PlannedRun[]> {
  return mergePlans(
    await Promise.all(
      experiments.map((name) => planRuns(experimentNamed(name), choices, namedSources)),
    ),
  );
}

/** Lists the runs of a part as "label × seeds", by share of the images and student. */
async function listed(part: string): Promise<string[]> {
  const runs = (await Promise.all(parts.get(part)!.map(runsOf))).flat();
  const groups = Map.groupBy(
    runs,
    ({ label, specification: { dataset: { fraction }, student, protocol } }) =>
      `${fraction} ${student} ${protocol.epochs} ${label}`,
  );
  return [...groups].map(([group, { length }]) => `${group} × ${length}`);
}

const times = (before: string, labels: readonly string[], seeds: number) =>
  labels.map((label) => `${before} ${label} × ${seeds}`);

const MAIN = ["original", "hinton", "bss"];

Deno.test("the plan of runs has what the answers need", async () => {
  assertEquals(
    await listed("p"),
    times("0.2 resnet8 80", ["original", "bss", "original, bf16", "bss, bf16"], 5),
  );
  const weights = (label: string, values: number[]) => values.map((value) => `${label}=${value})`);
  const chosen = ["attention (weight=100)", "fsp (fspWeight=0.1)"];
  const tried = [
    "original",
    ...weights("attention (weight", [10, 100, 1000, 10000]),
    ...weights("fsp (fspWeight", [0.01, 0.1, 1, 10]),
  ];
  assertEquals(
    (await listed("t")).toSorted(),
    [
      ...times("0.2 resnet8 80", tried.filter((label) => !chosen.includes(label)), 1),
      ...times("0.2 resnet8 80", chosen, 1 + 5),
    ].toSorted(),
  );
  assertEquals(await listed("a"), [
    ...times("0.2 resnet8 80", MAIN, 10),
    ...times("0.2 resnet8 80", ["fitnet", "attention", "fsp", "attention+hinton"], 5),
  ]);
  assertEquals(await listed("b"), [
    ...times("1 resnet8 80", MAIN, 5),
    ...times("1 resnet8 80", ["fitnet", "attention", "fsp"], 1),
  ]);
  const asLong = ["L2 minimisation", "FGSM", "DeepFool"].map((label) => `${label}, as long as BSS`);
  const ofC = await listed("c");
  assertEquals(ofC.length, 15);
  for (const label of [...asLong, "all base samples, as many attacked"]) {
    assert(ofC.includes(`0.2 resnet8 80 ${label} × 5`), label);
  }
  assertEquals(
    await listed("d"),
    times("0.2 resnet8 80", [
      "published step",
      "scale-free step, η = 1",
      "published step, pixel box",
      "scale-free step, η = 1, pixel box",
    ], 5),
  );
  assertEquals(await listed("e"), [
    ...times("0.4 resnet8 80", MAIN, 3),
    ...times("0.6 resnet8 80", MAIN, 3),
    ...times("0.2 resnet8 400", MAIN, 3),
    ...times("0.2 resnet8 80", MAIN, 5),
    ...times("1 resnet8 80", MAIN, 5),
  ]);
  assertEquals(await listed("f"), [
    ...times("0.2 resnet8 80", [...MAIN, ...MAIN.map((label) => `${label}, bf16`)], 5),
    ...times("0.2 resnet14 80", MAIN, 3),
    ...times("1 resnet14 80", MAIN, 3),
  ]);
});

Deno.test("the plan of runs counts the runs that each part adds", async () => {
  const text = await Deno.readTextFile(join(PROJECT_ROOT, "experiments", "README.md"));
  const made = new Set<string>();
  for (const [part, commands] of parts) {
    const before = made.size;
    for (const command of commands) {
      for (const { name } of await runsOf(command)) made.add(`${command.results}/runs/${name}`);
    }
    const [, count] = new RegExp(`^\\| ${part} .*\\| (\\d+) +\\|$`, "m").exec(text) ?? [];
    assertEquals(made.size - before, Number(count), `part ${part}`);
  }
});

Deno.test("the plan of runs has one configuration, but for students in float32", async () => {
  for (const command of [...parts.values()].flat()) {
    const { experiments: [experiment], choices, results } = command;
    assertEquals([results, choices.teacherPrecision], ["results/cifar10", "bf16"]);
    for (const { label, specification: { dataset, scale, protocol } } of await runsOf(command)) {
      assertEquals([dataset.name, scale], ["cifar10", "paper"]);
      // Parts p and f compare both precisions.
      const isToCompare = experiment === "precision" && !label.endsWith("bf16");
      assertEquals(protocol.studentPrecision, isToCompare ? undefined : "bf16");
      assertEquals(protocol.evaluateEvery, 5);
    }
  }
});

Deno.test("runs of the plan are measured for Tables 1 and 4 and robustness at once", async () => {
  for (const part of ["a", "b"]) {
    for (const run of (await Promise.all(parts.get(part)!.map(runsOf))).flat()) {
      const names = run.evaluations.map(({ name }) => name);
      assert(names.includes("boundary") && names.includes("robustness"), run.name);
    }
  }
});
