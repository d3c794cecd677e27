import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed, methods } from "../../lib/distillation/methods.ts";
import type { FrozenNetwork } from "../../lib/nn/frozen_classifier.ts";
import { UserError } from "../../lib/user_error.ts";
import { testClassifier, testImages, TINY } from "../networks.ts";
import { onAutomaticBackend, onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";
import { valuesOf } from "../values_of.ts";
import { oneStep, stateFor, testTeacher } from "./one_step.ts";

/** The methods that compare feature maps of student and teacher position by position. */
const COMPARING_MAPS = ["fitnet", "attention", "attention+hinton", "fsp", "fsp+bss"]
  .concat("activation-boundaries");

const BSS = {
  eta: 0.3,
  epsilon: 1e-4,
  maxSteps: 10,
  clamp: 2.5,
  step: "published",
  space: "logits",
  mode: "published",
  temperature: 3,
  baseSamples: 64,
  baseRule: "difference",
  targetRule: "probability",
};

/** The options in a run's identity if none is set. Options added later are left out at their defaults. */
const DEFAULTS: Record<string, Record<string, unknown>> = {
  original: {},
  hinton: { temperature: 3 },
  fitnet: { hintShare: 0.5, temperature: 3 },
  attention: { weight: 1000 },
  "attention+hinton": { weight: 1000, temperature: 3 },
  fsp: { fspShare: 0.5, fspWeight: 1 },
  bss: BSS,
  "fsp+bss": { fspShare: 0.5, fspWeight: 1, ...BSS },
  dkd: { targetWeight: 1, othersWeight: 1, temperature: 4, warmUpShare: 1 / 12 },
  similarity: { weight: 3000 },
  dist: { interWeight: 2, intraWeight: 2, temperature: 1 },
  relational: { distanceWeight: 25, angleWeight: 50 },
  "activation-boundaries": {
    activationShare: 0.5,
    activationWeight: 12.288,
    margin: 1,
    temperature: 3,
  },
  contrastive: { weight: 0.8, negatives: 16384, temperature: 0.07 },
};

const stagesOf = (name: string, epochs = 4) => {
  const method = methodNamed(name);
  return method.stages(resolveMethodOptions(method), epochs);
};

/** Uses a teacher, and disposes of it. */
async function withTeacher<T>(
  teacher: FrozenNetwork,
  use: (teacher: FrozenNetwork) => Promise<T>,
): Promise<T> {
  try {
    return await use(teacher);
  } finally {
    teacher.dispose();
  }
}

Deno.test("methods have different names and summaries, and an unknown name lists them", () => {
  const names = methods.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(new Set(methods.map(({ summary }) => summary)).size, names.length);
  assertThrows(() => methodNamed("hnton"), UserError, names.join(", "));
});

Deno.test("methods have by default the options of stored runs", () => {
  for (const [name, options] of Object.entries(DEFAULTS)) {
    assertEquals(resolveMethodOptions(methodNamed(name)), options, name);
  }
});

for (const method of methods) {
  const { name } = method;

  Deno.test(`${name} fills in its options, and names an unknown option or an invalid value`, () => {
    const rules = method.optionsFor?.({}) ?? method.options;
    const resolved = resolveMethodOptions(method);
    assert(Object.entries(resolved).every(([option, value]) => rules[option].accepts(value)));
    assertEquals(resolveMethodOptions(method, resolved), resolved);
    assertThrows(
      () => resolveMethodOptions(method, { colour: 1 }),
      UserError,
      `${name} has no option "colour"; it has ${Object.keys(rules).join(", ") || "none"}`,
    );
    for (const option of Object.keys(rules)) {
      const error = assertThrows(() => resolveMethodOptions(method, { [option]: { no: "value" } }));
      assert(error instanceof UserError, `${option}: ${error}`);
    }
  });

  Deno.test(`${name} ends with a stage of the requested epochs`, () => {
    for (const epochs of [1, 2, 7, 80]) {
      const stages = stagesOf(name, epochs);
      assertEquals(stages.at(-1)!.epochs, epochs);
      assert(stages.every((stage) => Number.isInteger(stage.epochs) && stage.epochs > 0));
      assertEquals(new Set(stages.map((stage) => stage.name)).size, stages.length);
    }
  });

  Deno.test(`${name} counts the passes of an image in each stage`, () => {
    const options = resolveMethodOptions(method);
    for (const stage of stagesOf(name)) {
      const passes = method.passes(options, 256, stage.name);
      assert(passes.student > 1 && Number.isFinite(passes.student));
      assert(passes.teacher >= 0 && Number.isFinite(passes.teacher));
    }
    const taught = stagesOf(name).map((stage) => method.passes(options, 256, stage.name).teacher);
    assertEquals(Math.max(...taught) > 0, method.needsTeacher);
  });

  onFastBackends(
    `${name} trains all its variables over its stages, and does not change the teacher`,
    async () => {
      await withTeacher(testTeacher(), async (teacher) => {
        const images = testImages(4);
        const logits = () => valuesOf(() => teacher.logits(images));
        const before = await logits();
        const state = stateFor(name, teacher);
        const trained = new Set<string>();
        for (const stage of stagesOf(name)) {
          const { losses, gradients } = await oneStep(name, { state, teacher, stage });
          assert(Object.keys(losses).length > 0);
          assert(Object.values(losses).every(Number.isFinite), JSON.stringify(losses));
          for (const [variable, gradient] of gradients) {
            assert(gradient.every(Number.isFinite), `${variable} in stage ${stage.name}`);
            if (gradient.some((value) => value !== 0)) trained.add(variable);
          }
        }
        assertEquals([...trained].sort(), [...state.trained.keys()].sort());
        assertEquals(await state.nonFinite(), []);
        assertEquals(await logits(), before);
        state.dispose();
        images.dispose();
      });
    },
  );

  onFastBackends(`${name} keeps the number of tensors constant over its steps`, async () => {
    await withTeacher(testTeacher(), async (teacher) => {
      const state = stateFor(name, teacher);
      for (const stage of stagesOf(name)) {
        const counts: number[] = [];
        for (let step = 0; step < 4; step++) {
          await oneStep(name, { state, teacher, stage });
          counts.push(tf.memory().numTensors);
        }
        // The first step makes momentum.
        assertEquals(new Set(counts.slice(1)).size, 1, `${stage.name}: ${counts}`);
      }
      state.dispose();
    });
  });

  onFastBackends(`${name} has all its trained variables in a checkpoint`, async () => {
    await withTeacher(testTeacher(), async (teacher) => {
      const state = stateFor(name, teacher);
      const fresh = await state.save();
      const [stage] = stagesOf(name);
      const { gradients } = await oneStep(name, { state, teacher, stage });
      const stored = await state.save();
      const moved = [...gradients.keys()];
      for (const [own, { trainable }] of state.own) {
        assertEquals(moved.includes(`method/${own}`), trainable, own);
        assert(stored.has(`method/${own}`), own);
        assertNotEquals(stored.get(`method/${own}`), fresh.get(`method/${own}`), own);
      }
      assert(moved.includes("conv1.weight"), moved.join());
      for (const variable of state.trained.keys()) assert(stored.has(variable), variable);
      for (const variable of moved) {
        assert(stored.has(`momentum/${variable}`), variable);
        assertNotEquals(stored.get(variable), fresh.get(variable), variable);
      }
      const other = stateFor(name, teacher);
      other.restore(stored);
      assertEquals(await other.save(), stored);
      state.dispose();
      other.dispose();
    });
  });

  onAutomaticBackend(`${name} trains a student with twice the channels`, async (backend) => {
    const wide = testClassifier({ ...TINY, depth: 14, width: 2 }, "teacher");
    await withTeacher(wide, async (teacher) => {
      await outcomeOf({ ...smallSpecification(name), student: "resnet8x2" }, backend, { teacher });
    });
  });

  onAutomaticBackend(
    name.startsWith("fsp")
      ? `${name} refuses a teacher with more channels than the student`
      : `${name} trains with a teacher with more channels than the student`,
    async (backend) => {
      await withTeacher(testClassifier({ ...TINY, width: 0.5 }, "teacher"), async (teacher) => {
        const run = () => outcomeOf(smallSpecification(name), backend, { teacher });
        if (name.startsWith("fsp")) await assertRejects(run, UserError, "the same channels");
        else await run();
      });
    },
  );

  onFastBackends(
    COMPARING_MAPS.includes(name)
      ? `${name} refuses a teacher whose feature maps differ from the student's`
      : `${name} trains with a teacher whose feature maps differ from the student's`,
    async (backend) => {
      const fourStages = testClassifier({ ...TINY, depth: 10, stages: 4 }, "teacher");
      await withTeacher(fourStages, async (teacher) => {
        const run = () => outcomeOf(smallSpecification(name), backend, { teacher });
        if (COMPARING_MAPS.includes(name)) {
          await assertRejects(run, UserError, "student");
        } else {
          await run();
        }
      });
    },
  );
}
