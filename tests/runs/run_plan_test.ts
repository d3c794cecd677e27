import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { boundaryStep } from "../../experiments/boundary_step.ts";
import { experiments } from "../../experiments/experiments.ts";
import { openPlan } from "../../lib/runs/open_plan.ts";
import { mergePlans } from "../../lib/runs/planned_run.ts";
import { type PlanChoices, planRuns } from "../../lib/runs/plan.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { table1 } from "../../experiments/table1.ts";
import { table3 } from "../../experiments/table3.ts";
import { table2 } from "../../experiments/table2.ts";
import { table4 } from "../../experiments/table4.ts";
import { temperatureWeights } from "../../experiments/temperature_weights.ts";
import { measureNamed } from "../../lib/runs/table/measures.ts";
import { UserError } from "../../lib/user_error.ts";
import { namedSources } from "./plan_sources.ts";

Deno.test("a method without a teacher has the same run with any teacher", async () => {
  const plan = await openPlan(quickstart, { scale: "smoke", seeds: [1] });
  const teacherOf = (method: string) =>
    plan.find(({ specification }) => specification.method === method)!.specification.teacher;
  assertEquals(teacherOf("original"), null);
  assertNotEquals(teacherOf("bss"), null);
});

Deno.test("openPlan() takes other students, methods and seeds, and refuses unknown ones", async () => {
  const choices = {
    scale: "smoke",
    students: ["resnet14"],
    methods: ["hinton"],
    seeds: [5],
  } as const;
  const [run, ...others] = await openPlan(quickstart, choices);
  assertEquals(others, []);
  const { student, method, seed } = run.specification;
  assertEquals([student, method, seed], ["resnet14", "hinton", 5]);
  await assertRejects(
    () => openPlan(quickstart, { ...choices, students: ["vgg"] }),
    UserError,
    "vgg",
  );
  await assertRejects(
    () => openPlan(quickstart, { ...choices, methods: ["nonsense"] }),
    UserError,
    "nonsense",
  );
});

Deno.test("planRuns() takes the grids of a data set, or puts all grids on another one", async () => {
  const namesOf = async (dataset: string) => {
    const plan = await planRuns(table2, { scale: "paper", dataset }, namedSources);
    return plan.map(({ specification: { dataset, student } }) => `${dataset.name} ${student}`);
  };
  assertEquals([...new Set(await namesOf("tiny-imagenet"))], ["tiny-imagenet resnet10-4stage"]);
  assertEquals([...new Set(await namesOf("cifar10"))].sort(), [
    "cifar10 resnet10-4stage",
    "cifar10 resnet8",
  ]);
});

Deno.test("planRuns() refuses another data set for options that fit one alone", async () => {
  const choices = { scale: "paper", dataset: "cifar100" } as const;
  await assertRejects(
    () => planRuns(boundaryStep, choices, namedSources),
    UserError,
    'boundary-step at the scale "paper" fit cifar10 alone; leave out the data set "cifar100"',
  );
  assert(
    (await planRuns(boundaryStep, { ...choices, dataset: "cifar10" }, namedSources)).length > 0,
  );
});

Deno.test("planRuns() takes other shares of the training images", async () => {
  const plan = await planRuns(
    table1,
    { scale: "paper", fractions: [0.2], seeds: [1] },
    namedSources,
  );
  assertEquals(
    new Set(plan.map(({ specification }) => specification.dataset.fraction)),
    new Set([0.2]),
  );
});

Deno.test("openPlan() replaces BSS by another attack, as another run", async () => {
  const choices = { scale: "smoke", methods: ["bss"], seeds: [1] } as const;
  const [own] = await openPlan(quickstart, choices);
  assertEquals((await openPlan(quickstart, { ...choices, attack: "bss" }))[0].name, own.name);
  const [deepfool] = await openPlan(quickstart, { ...choices, attack: "deepfool" });
  assertNotEquals(deepfool.name, own.name);
  assertEquals(deepfool.label, "bss (deepfool)");
  const { attack, overshoot, baseSamples, eta } = deepfool.specification.options;
  // It drops the options of BSS alone, such as eta, and keeps the others.
  assertEquals([attack, overshoot, baseSamples, eta], ["deepfool", 0.02, 8, undefined]);
  assert(deepfool.flops > own.flops);
  // Noise has the norm of the experiment's own BSS.
  const [noise] = await openPlan(quickstart, { ...choices, attack: "noise" });
  assertEquals([noise.specification.options.step, noise.specification.options.eta], ["newton", 1]);
  await assertRejects(
    () => openPlan(quickstart, { ...choices, methods: ["hinton"], attack: "fgsm" }),
    UserError,
    'none of the methods hinton makes samples by an attack, so "fgsm" has nothing to replace',
  );
});

Deno.test("openPlan() picks one attack of an experiment about several", async () => {
  const choices = { scale: "smoke", seeds: [1] } as const;
  const all = await openPlan(table3, choices);
  const [none, deepfool] = await openPlan(table3, { ...choices, attack: "deepfool" });
  const labelled = (label: string) => all.find((run) => run.label === label)!.name;
  assertEquals([none.name, deepfool.name], [labelled("none (hinton)"), labelled("DeepFool")]);
  await assertRejects(
    () => openPlan(table3, { ...choices, attack: "pgd" }),
    UserError,
    'there are no samples of "pgd" here; choose from noise, carlini-wagner, fgsm, deepfool, bss',
  );
});

Deno.test("openPlan() records overrides in the run's identity and label", async () => {
  const choices = { scale: "smoke", methods: ["bss"], seeds: [1] } as const;
  const [own] = await openPlan(quickstart, choices);
  const set = { bss: { eta: 0.1, baseSamples: 32 } };
  const [run] = await openPlan(quickstart, { ...choices, set });
  assertEquals(run.label, "bss (eta=0.1, baseSamples=32)");
  assertEquals(run.specification.options.eta, 0.1);
  assertEquals(run.specification.options.step, "newton");
  assertNotEquals(run.name, own.name);
  // Rows that become the same run are one row, under the first row's name.
  const rows = await openPlan(temperatureWeights, {
    scale: "smoke",
    seeds: [1],
    set: { bss: { beta: 3 } },
  });
  assertEquals(rows.map(({ label }) => label).filter((label) => !/[TηN] = /.test(label)), [
    "bss (beta=3)",
  ]);
  // Set to its default, it is the same run.
  const [same] = await openPlan(quickstart, { ...choices, set: { bss: { eta: 1 } } });
  assertEquals(same.name, own.name);
  const [shorter] = await openPlan(quickstart, { ...choices, set: { protocol: { epochs: 1 } } });
  assertEquals([shorter.specification.protocol.epochs, shorter.label], [1, "bss"]);
  const [other] = await openPlan(quickstart, { ...choices, set: { bss: { attack: "fgsm" } } });
  assertEquals([other.label, other.specification.options.eta], ["bss (fgsm)", undefined]);
});

Deno.test("openPlan() plans the default of each changed method beside it, with the same seeds and protocol", async () => {
  const choices = { scale: "smoke", seeds: [1, 2], beside: true } as const;
  const plannedWith = async (more: Omit<PlanChoices, "scale">) =>
    (await openPlan(quickstart, { ...choices, ...more })).map(
      ({ label, variantOf, specification: { seed, protocol } }) =>
        [label, variantOf, seed, protocol.epochs] as const,
    );
  const set = { bss: { eta: 2 }, protocol: { epochs: 3 } };
  assertEquals(await plannedWith({ methods: ["hinton", "bss"], set }), [
    ["hinton", null, 1, 3],
    ["hinton", null, 2, 3],
    ["bss", null, 1, 3],
    ["bss", null, 2, 3],
    ["bss (eta=2)", "bss", 1, 3],
    ["bss (eta=2)", "bss", 2, 3],
  ]);
  assertEquals(await plannedWith({ methods: ["bss"], seeds: [1], attack: "fgsm" }), [
    ["bss", null, 1, 2],
    ["bss (fgsm)", "bss", 1, 2],
  ]);
  const own = await openPlan(quickstart, { scale: "smoke" });
  const beside = await openPlan(quickstart, { ...choices, set: { bss: { eta: 2 } } });
  const names = new Set(beside.map(({ name }) => name));
  assertEquals(
    own.filter(({ name }) => !names.has(name)),
    [],
    "a default is not the experiment's own run",
  );
});

Deno.test("openPlan() refuses to show defaults beside unchanged methods", async () => {
  const unchanged: PlanChoices["set"][] = [
    undefined,
    { protocol: { epochs: 1 } },
    { bss: { eta: 1 } },
  ];
  for (const set of unchanged) {
    await assertRejects(
      () => openPlan(quickstart, { scale: "smoke", set, beside: true }),
      UserError,
      "change an option, as in --set bss.eta=2",
    );
  }
});

Deno.test("openPlan() refuses unknown options, bad values, and methods that are not in the plan", async () => {
  const trying = (set: Record<string, Record<string, unknown>>) =>
    openPlan(quickstart, { scale: "smoke", set });
  await assertRejects(() => trying({ bss: { etta: 1 } }), UserError, 'no option "etta"');
  await assertRejects(() => trying({ bss: { eta: -1 } }), UserError, "greater than 0");
  await assertRejects(
    () => trying({ fitnet: {} }),
    UserError,
    'options of "fitnet" are set, but the methods here are original, hinton, bss',
  );
  await assertRejects(() => trying({ protocol: { epochs: 0 } }), UserError, "epochs");
  await assertRejects(
    () => trying({ bss: { baseSamples: 65 } }),
    UserError,
    "bss.baseSamples is 65, but must be at most 64, the images of a mini-batch (protocol.batchSize)",
  );
  const [whole] = await trying({ bss: { baseSamples: 65 }, protocol: { batchSize: 65 } });
  assertEquals(whole.specification.protocol.batchSize, 65);
  const mistyped = { scale: "smoke", methds: ["bss"] } as const;
  await assertRejects(() => openPlan(quickstart, mistyped), UserError, 'no choice "methds"');
});

Deno.test("mergePlans() merges a run of several experiments, with the evaluations of all", async () => {
  const choices = { scale: "paper", students: ["resnet8"] } as const;
  const plans = await Promise.all(
    [table1, table4].map((experiment) => planRuns(experiment, choices, namedSources)),
  );
  const merged = mergePlans(plans);
  assertEquals(merged.length, plans[0].length);
  const robust = experiments.find(({ name }) => name === "robustness")!;
  const withMore = mergePlans([...plans, await planRuns(robust, choices, namedSources)]);
  const bss = withMore.find(({ label }) => label === "bss")!;
  assertEquals(bss.evaluations.map(({ name }) => name), ["boundary", "fidelity", "robustness"]);
});

Deno.test("an evaluation with other options, or against another teacher, is another result", async () => {
  const planned = async (hash: string, images: number) => {
    const grid = table4.scales.smoke[0];
    const experiment = {
      ...table4,
      scales: {
        ...table4.scales,
        smoke: [{ ...grid, evaluations: [{ name: "boundary", options: { images } }] }],
      },
    };
    const sources = {
      ...namedSources,
      teacher: async (dataset: string, network?: string) => ({
        ...await namedSources.teacher(dataset, network),
        hash,
      }),
    };
    const [original] = await planRuns(experiment, { scale: "smoke" }, sources);
    return original.evaluations[0].result;
  };
  const names = [await planned("a", 32), await planned("a", 64), await planned("b", 32)];
  assertEquals(new Set(names).size, 3);
  assertThrows(() => measureNamed("robust_pgd"), UserError, "choose from test_accuracy");
});

Deno.test("planRuns() takes the best teacher for a data set that is not the experiment's own", async () => {
  const asked: (string | undefined)[] = [];
  const sources = {
    ...namedSources,
    teacher: (dataset: string, network?: string) => {
      asked.push(network);
      return namedSources.teacher(dataset, network);
    },
  };
  await planRuns(table4, { scale: "paper" }, sources);
  await planRuns(table4, { scale: "paper", dataset: "cifar100" }, sources);
  assertEquals(asked, ["resnet26", undefined]);
});
