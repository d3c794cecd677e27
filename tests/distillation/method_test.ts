import { assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  defineMethod,
  type MethodDefinition,
  type StudentLoss,
} from "../../lib/distillation/method.ts";
import type { pgdAttack } from "../../lib/attack/pgd.ts";
import { logitStep } from "../../lib/distillation/shared.ts";
import type { NetworkOutput } from "../../lib/nn/network.ts";
import type { Rules } from "../../lib/options.ts";
import { UserError } from "../../lib/user_error.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";

/** Makes a method of a user. Without a term it makes no pass. */
function methodOf(name: string, term?: (output: NetworkOutput) => unknown) {
  return defineMethod({
    name,
    summary: "A method of a user",
    options: {},
    needsTeacher: false,
    async step(_options, { images, studentPass }) {
      if (!term) return;
      await studentPass(images, (output) => ({ own: term(output) }) as ReturnType<StudentLoss>);
    },
  });
}

Deno.test("defineMethod() refuses a name that cannot stand in a file's name or a list", () => {
  for (const name of ["", "my method", "a/b", "a,b"]) {
    assertThrows(() => methodOf(name), UserError, `named "${name}"`);
  }
});

Deno.test("defineMethod() refuses a method without a step, and an option that is no rule", () => {
  const definition = { name: "mine", summary: "A method of a user", options: {} };
  const define = defineMethod as (definition: unknown) => void;
  assertThrows(() => define(definition), UserError, 'the method "mine" has no step');
  assertThrows(
    () => define({ ...definition, options: undefined, step: async () => {} }),
    UserError,
    'the method "mine" lacks options; {} stands for none',
  );
  assertThrows(
    () => define({ ...definition, options: { weight: 1 }, step: async () => {} }),
    UserError,
    'option "weight" of the method "mine" must be a rule, such as number(1)',
  );
});

const WRONG = {
  "no loss": { term: undefined, message: 'method "mine" gave no loss in this step' },
  "a loss for each image": {
    term: ({ logits }: NetworkOutput) => tf.mean(logits, 1),
    message: 'the loss term "own" is a tensor of shape [10], but must be a scalar tensor',
  },
  "whole numbers as its loss": {
    term: ({ logits }: NetworkOutput) => tf.sum(tf.argMax(logits, 1)),
    message: 'the loss term "own" is a tensor of shape [], int32, but must be a scalar tensor',
  },
  "a number as its loss": { term: () => 3, message: 'the loss term "own" is 3' },
  "no value for a term": {
    term: () => undefined,
    message: 'the loss term "own" is undefined',
  },
};

for (const [what, { term, message }] of Object.entries(WRONG)) {
  onAutomaticBackend(`training says so if a method gives ${what}`, async (backend) => {
    const specification = { ...smallSpecification("original"), method: "mine" };
    const run = () => outcomeOf(specification, backend, { method: methodOf("mine", term) });
    await assertRejects(run, UserError, message);
  });
}

/** Makes a method of a user from its step. */
const methodWith = (step: MethodDefinition<Rules>["step"]) =>
  defineMethod({ name: "mine", summary: "A method of a user", options: {}, step });

const WRONG_STEPS: Readonly<Record<string, [MethodDefinition<Rules>["step"], string]>> = {
  "a loss without terms": [
    async (_options, { images, studentPass }) => {
      await studentPass(images, () => ({}));
    },
    "the loss of the student's pass has no terms",
  ],
  "a loss without the student": [
    async (_options, { images, studentPass }) => {
      await studentPass(images, () => ({ own: tf.scalar(1) }));
    },
    "no term of the loss depends on the student's logits or feature maps",
  ],
  "a loss that is a tensor": [
    async (_options, { images, studentPass }) => {
      await studentPass(images, (() => tf.scalar(1)) as unknown as StudentLoss);
    },
    "must be terms by name, as in { hint: scalar }",
  ],
  "a loss that is a promise": [
    async (_options, { images, studentPass }) => {
      await studentPass(images, (() => Promise.resolve({ own: 3 })) as unknown as StudentLoss);
    },
    "not a promise; it cannot be async",
  ],
  "an attack by its name": [
    async (_options, { attackTeacher }) => {
      await attackTeacher("pgd" as unknown as typeof pgdAttack, Int32Array.of(0), { labels: [0] });
    },
    'the attack is one as attackNamed("pgd")',
  ],
  "a term of the name that logitStep() takes": [
    async (_options, step) => {
      await logitStep(step, (_teacher, student) => ({ cross_entropy: tf.mean(student) }));
    },
    'logitStep() adds the term "cross_entropy", on the labels; give yours another name',
  ],
  "two passes at once, one of which fails": [
    async (_options, { images, teacherPass, studentPass }) => {
      const wrong = () => ({ own: 3 }) as unknown as ReturnType<StudentLoss>;
      await Promise.all([studentPass(images, wrong), teacherPass()]);
    },
    'the loss term "own" is 3',
  ],
  "a pass that fails, and a step that does not wait for it": [
    async (_options, { images, teacherPass, studentPass }) => {
      studentPass(images, () => ({ own: 3 }) as unknown as ReturnType<StudentLoss>);
      await teacherPass();
    },
    'the loss term "own" is 3',
  ],
  "a step that does not wait for its passes": [
    (_options, step) => {
      logitStep(step, (_teacher, student) => ({ own: tf.mean(student) }));
      return Promise.resolve();
    },
    'the step of method "mine" ended before a pass that it began; it must await each',
  ],
};

for (const [what, [step, message]] of Object.entries(WRONG_STEPS)) {
  onAutomaticBackend(`training says so if a method has ${what}`, async (backend) => {
    const specification = { ...smallSpecification("hinton"), method: "mine" };
    const run = () => outcomeOf(specification, backend, { method: methodWith(step) });
    await assertRejects(run, UserError, message);
  });
}
