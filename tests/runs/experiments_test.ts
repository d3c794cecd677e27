import { assert, assertEquals } from "@std/assert";
import { beyond } from "../../experiments/beyond.ts";
import { experiments } from "../../experiments/experiments.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { table1 } from "../../experiments/table1.ts";
import { table2 } from "../../experiments/table2.ts";
import { table3 } from "../../experiments/table3.ts";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { planRuns } from "../../lib/runs/plan.ts";
import { measureNamed } from "../../lib/runs/table/measures.ts";
import { SCALES } from "../../lib/training/run_specification.ts";
import { namedSources } from "./plan_sources.ts";

for (const experiment of experiments) {
  for (const scale of SCALES) {
    Deno.test(`experiment ${experiment.name} has runs at scale ${scale}, each once`, async () => {
      const plan = await planRuns(experiment, { scale }, namedSources);
      assert(plan.length > 0);
      assertEquals(new Set(plan.map(({ name }) => name)).size, plan.length);
      assert(plan.every(({ flops, specification }) => flops > 0 && specification.scale === scale));
    });
  }

  Deno.test(`experiment ${experiment.name} shows known measures, and its reference is one of its methods`, async () => {
    experiment.measures.forEach(measureNamed);
    const plan = await planRuns(experiment, { scale: "paper" }, namedSources);
    assert(plan.some(({ label }) => label === experiment.reference));
  });
}

Deno.test("two runs of an experiment with one label differ in another column of the table", async () => {
  for (const experiment of experiments) {
    for (const scale of SCALES) {
      const plan = await planRuns(experiment, { scale }, namedSources);
      const shown = plan.map(({ label, specification: { dataset, student, seed, protocol } }) =>
        JSON.stringify([label, dataset, student, seed, protocol.epochs])
      );
      assertEquals(new Set(shown).size, plan.length, experiment.name);
    }
  }
});

Deno.test("at scale paper the protocol is the paper's", async () => {
  const [{ specification }] = await openPlan(quickstart, { scale: "paper" });
  assertEquals(specification.protocol, {
    epochs: 80,
    batchSize: 256,
    learningRate: 0.1,
    momentum: 0.9,
    weightDecay: 1e-4,
  });
  assertEquals(specification.dataset.fraction, 1);
});

Deno.test("Table 1 has the figures of the paper", () => {
  assertEquals(table1.paper, {
    resnet8: {
      original: 86.02,
      hinton: 86.66,
      fitnet: 86.73,
      attention: 86.86,
      fsp: 87.07,
      bss: 87.32,
    },
    resnet14: {
      original: 89.11,
      hinton: 89.75,
      fitnet: 89.72,
      attention: 89.84,
      fsp: 89.92,
      bss: 90.34,
    },
  });
});

Deno.test("each data set of Table 2 has a teacher with as many stages as its students", async () => {
  const plan = await planRuns(table2, { scale: "paper", seeds: [1] }, namedSources);
  const pairs = plan.map(({ teacher, specification: { student } }) => `${teacher.name} ${student}`);
  assertEquals([...new Set(pairs)], [
    "tiny-imagenet-resnet26-4stage resnet10-4stage",
    "imagenet32-resnet26 resnet8",
  ]);
});

Deno.test("the samples of Table 3 that are as long as BSS are as long as the BSS of its own row", async () => {
  for (const scale of SCALES) {
    const plan = await planRuns(table3, { scale, seeds: [1] }, namedSources);
    const { step, eta } = plan.find(({ label }) => label === "bss")!.specification.options;
    const asLong = plan.filter(({ label }) => label.endsWith("as long as BSS"));
    assertEquals(asLong.length, 3);
    for (const { specification: { options } } of asLong) {
      assertEquals([options.length, options.bssStep, options.bssEta], ["bss", step, eta]);
    }
  }
});

Deno.test("the later methods have their defaults, but for the logits that one standardises", async () => {
  const plan = await planRuns(beyond, { scale: "paper", seeds: [1] }, namedSources);
  for (const { label, specification: { method, options } } of plan) {
    const given = label === "hinton, standardised" ? { standardise: true } : {};
    assertEquals(options, resolveMethodOptions(methodNamed(method), given), label);
  }
});
