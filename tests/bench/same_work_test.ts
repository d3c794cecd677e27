import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareWork } from "../../lib/bench/same_work.ts";

const step = {
  steps: [1, 2, 1],
  terms: { cross_entropy: 1.5, distillation: 2, boundary: 0.5 },
};

Deno.test("compareWork() recognises the same step", () => {
  const { same, sentence } = compareWork(step, step, "itself");
  assert(same);
  assertStringIncludes(sentence, "same work as itself: the 4 attack steps of 3 samples");
});

Deno.test("compareWork() names a sample that took another number of steps", () => {
  const { same, sentence } = compareWork(step, { ...step, steps: [1, 1, 1] }, "another");
  assertEquals(same, false);
  assertStringIncludes(sentence, "NOT the same work as another: attack steps (1");
});

Deno.test("compareWork() names a term of the loss that differs by more than rounding", () => {
  const terms = { ...step.terms, distillation: 2.001 };
  const { same, sentence } = compareWork(step, { ...step, terms }, "another");
  assertEquals(same, false);
  assertStringIncludes(sentence, "loss distillation");
  assert(!sentence.includes("cross_entropy"), sentence);
});
