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

Deno.test("compareWork() with bfloat16 compares the sum of the steps, and the terms to its rounding", () => {
  const long = { ...step, steps: [3, 2, 3] };
  const rounded = {
    steps: [3, 3, 3],
    terms: { cross_entropy: 1.52, distillation: 2.005, boundary: 0.49 },
  };
  const { same, sentence } = compareWork(long, rounded, "another", { rounded: true });
  assert(same, sentence);
  assertStringIncludes(sentence, "8 attack steps of 3 samples (9 there; 2 may differ)");
  assertStringIncludes(sentence, "at most cross_entropy 2 %, distillation 0.5 %, boundary 5 %");
  const many = { ...long, steps: Array(20).fill(2) };
  const more = { ...rounded, steps: many.steps.with(0, 8) };
  assertStringIncludes(
    compareWork(many, more, "another", { rounded: true }).sentence,
    "40 attack steps of 20 samples (46 there; 6 may differ)",
  );
  const faults: [Partial<typeof step>, string][] = [
    [{ steps: [5, 3, 3] }, "attack steps in all"],
    [{ steps: [5, 4] }, "attacked samples"],
    [{ terms: { ...rounded.terms, boundary: 0.53 } }, "loss boundary"],
  ];
  for (const [part, fault] of faults) {
    const found = compareWork(long, { ...rounded, ...part }, "another", { rounded: true });
    assertEquals(found.same, false);
    assertStringIncludes(found.sentence, `NOT the same work as another: ${fault} (`);
  }
});
