import { assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { defineMethod, type StudentLoss } from "../../lib/distillation/method.ts";
import type { NetworkOutput } from "../../lib/nn/network.ts";
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

const WRONG = {
  "no loss": { term: undefined, message: 'method "mine" gave no loss in this step' },
  "a loss for each image": {
    term: ({ logits }: NetworkOutput) => tf.mean(logits, 1),
    message: 'the loss term "own" is a tensor of shape [10], but must be a scalar tensor',
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

onAutomaticBackend("training says so if a method's loss has no terms", async (backend) => {
  const method = defineMethod({
    name: "mine",
    summary: "A method of a user",
    options: {},
    needsTeacher: false,
    async step(_options, { images, studentPass }) {
      await studentPass(images, () => ({}));
    },
  });
  const specification = { ...smallSpecification("original"), method: "mine" };
  const run = () => outcomeOf(specification, backend, { method });
  await assertRejects(run, UserError, "the loss of the student's pass has no terms");
});
