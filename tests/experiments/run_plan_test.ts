import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { experiments } from "../../experiments/experiments.ts";
import { openPlan } from "../../experiments/open_plan.ts";
import { quickstart } from "../../experiments/quickstart.ts";
import { inShard, parseShard } from "../../experiments/shard.ts";
import { SCALES } from "../../lib/training/run_specification.ts";
import { UserError } from "../../lib/user_error.ts";

for (const experiment of experiments) {
  for (const scale of SCALES) {
    Deno.test(`experiment ${experiment.name} has runs at scale ${scale}, each once`, async () => {
      const plan = await openPlan(experiment, { scale });
      assert(plan.length > 0);
      assertEquals(new Set(plan.map(({ name }) => name)).size, plan.length);
      assert(plan.every(({ flops, specification }) => flops > 0 && specification.scale === scale));
    });
  }
}

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

Deno.test("a method without a teacher has the same run whichever teacher there is", async () => {
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
    () => openPlan(quickstart, { ...choices, methods: ["dkd"] }),
    UserError,
    "dkd",
  );
});

Deno.test("shards divide the runs without overlap, whatever order they come in", async () => {
  const plan = await openPlan(quickstart, { scale: "quick" });
  const shards = ["1/3", "2/3", "3/3"].map((text) => plan.filter(inShard(parseShard(text))));
  assertEquals(new Set(shards.flat().map(({ name }) => name)).size, plan.length);
  assertEquals(shards.flat().length, plan.length);
});

Deno.test("openPlan() puts another attack in the place of BSS, as a run of its own", async () => {
  const choices = { scale: "smoke", methods: ["bss"], seeds: [1] } as const;
  const [own] = await openPlan(quickstart, choices);
  assertEquals((await openPlan(quickstart, { ...choices, attack: "bss" }))[0].name, own.name);
  const [deepfool] = await openPlan(quickstart, { ...choices, attack: "deepfool" });
  assertNotEquals(deepfool.name, own.name);
  const { attack, overshoot, baseSamples, eta } = deepfool.specification.options;
  // What the experiment says of BSS itself is not for it; the rest is.
  assertEquals([attack, overshoot, baseSamples, eta], ["deepfool", 0.02, 8, undefined]);
  assert(deepfool.flops > own.flops);
  // Noise has the norm of the experiment's own BSS.
  const [noise] = await openPlan(quickstart, { ...choices, attack: "noise" });
  assertEquals([noise.specification.options.step, noise.specification.options.eta], ["newton", 1]);
  await assertRejects(
    () => openPlan(quickstart, { ...choices, methods: ["hinton"], attack: "fgsm" }),
    UserError,
    'none of the methods hinton makes samples by an attack, so that "fgsm" has nothing to replace',
  );
});
