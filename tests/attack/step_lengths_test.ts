import { assertEquals } from "@std/assert";
import { StepLengths } from "../../lib/attack/apgd.ts";

/** Lists the step lengths of one sample, given its loss before each step. */
function lengthsFor(loss: (step: number) => number, maxSteps = 100): number[] {
  const lengths = new StepLengths(1, 1, maxSteps);
  return Array.from(
    { length: maxSteps },
    (_, step) => lengths.after([0], Float64Array.of(loss(step))).lengths[0],
  );
}

/** Lists the steps at which the length changes. */
function changes(lengths: readonly number[]): number[] {
  return lengths.flatMap((length, step) => step > 0 && length !== lengths[step - 1] ? [step] : []);
}

Deno.test("a loss that rises at each step does not change the step length", () => {
  assertEquals(changes(lengthsFor((step) => step)), []);
});

Deno.test("a loss that stands still halves the step at each of the paper's checkpoints", () => {
  const lengths = lengthsFor(() => 0);
  // Croce and Hein (2020): w_j = ⌈p_j · 100⌉ with p = 0.22, 0.41, 0.57, …
  assertEquals(changes(lengths), [22, 41, 57, 70, 80, 87, 93, 99]);
  assertEquals(lengths.at(-1), 1 / 2 ** 8);
});

Deno.test("a step is halved if the loss rose in fewer than three quarters of the steps", () => {
  const loss = (rises: number) => (step: number) => Math.min(step, 2 * rises - step);
  // The first checkpoint is after 22 steps.
  assertEquals(changes(lengthsFor(loss(16)))[0], 22);
  assertEquals(changes(lengthsFor(loss(17)))[0], 41);
});

Deno.test("a step is halved if the best loss has not risen since a checkpoint that did not halve it", () => {
  // The loss rises for 22 steps, falls once, and rises again: often enough, but to no new best.
  const loss = (step: number) => step <= 22 ? step : -1000 + step;
  assertEquals(changes(lengthsFor(loss))[0], 41);
});

Deno.test("StepLengths marks new best points, and sends a sample back to its best when it halves its step", () => {
  const lengths = new StepLengths(2, 1, 10);
  const losses = [[0, 0], [1, -1], [0.5, 1], [2, 0]];
  const advice = losses.map((row) => lengths.after([0, 1], Float64Array.from(row)));
  assertEquals(advice.map(({ isFirst }) => isFirst), [true, false, false, false]);
  assertEquals(advice.map(({ improved }) => improved), [
    [true, true],
    [true, false],
    [false, true],
    [true, false],
  ]);
  // The first checkpoint is after two steps, then one after each step.
  assertEquals(advice.map(({ halved }) => halved), [
    [false, false],
    [false, false],
    [true, true],
    [false, true],
  ]);
});
