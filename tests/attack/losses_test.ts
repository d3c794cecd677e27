import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type AttackLoss, crossEntropyLoss, dlrLoss } from "../../lib/attack/losses.ts";
import { uniformNumbers } from "../numbers.ts";

const CLASSES = 6;
const LABELS = [2, 0, 5, 1];
const TARGETS = [0, 3, 1, 4];

/** Checks the gradient, times the divisor, against central differences of each row's value. */
function assertGradient(loss: AttackLoss, targets?: readonly number[]) {
  const logits = uniformNumbers(LABELS.length * CLASSES, "logits").map((value) => 4 * value);
  const { gradient, divisors } = loss(logits, CLASSES, LABELS, targets);
  const h = 1e-3;
  logits.forEach((_, i) => {
    const at = (offset: number) =>
      loss(logits.with(i, logits[i] + offset), CLASSES, LABELS, targets)
        .values[Math.floor(i / CLASSES)];
    const expected = (at(h) - at(-h)) / (2 * h);
    assertAlmostEquals(
      gradient[i] * divisors[Math.floor(i / CLASSES)],
      expected,
      2e-3,
      `entry ${i}`,
    );
  });
}

Deno.test("the cross-entropy's gradient agrees with finite differences, with targets and without", () => {
  assertGradient(crossEntropyLoss);
  assertGradient(crossEntropyLoss, TARGETS);
});

Deno.test("the targeted DLR loss's gradient agrees with finite differences", () => {
  assertGradient(dlrLoss, TARGETS);
});

Deno.test("the cross-entropy follows its definition", () => {
  const { values } = crossEntropyLoss(Float32Array.of(1, 2, 3), 3, [1]);
  const sum = Math.exp(1) + Math.exp(2) + Math.exp(3);
  assertAlmostEquals(values[0], Math.log(sum) - 2, 1e-12);
  const targeted = crossEntropyLoss(Float32Array.of(1, 2, 3), 3, [1], [2]);
  assertAlmostEquals(targeted.values[0], 3 - Math.log(sum), 1e-12);
});

Deno.test("the targeted DLR loss follows its definition", () => {
  // Sorted: 5, 4, 2, 1; label 5, target 2.
  const { values } = dlrLoss(Float32Array.of(1, 5, 2, 4), 4, [1], [2]);
  assertAlmostEquals(values[0], -(5 - 2) / (5 - (2 + 1) / 2), 1e-6);
});

Deno.test("the cross-entropy keeps value and direction where float32 softmax is exactly one-hot", () => {
  const { values, gradient, divisors } = crossEntropyLoss(Float32Array.of(60, 0, 1), 3, [0]);
  assert(values[0] > 0 && values[0] < 1e-25);
  assert(divisors[0] > 0 && divisors[0] < 1e-25);
  assertAlmostEquals(gradient[0], -1, 1e-6);
  assertAlmostEquals(gradient[1] / gradient[2], Math.exp(-1), 1e-6);
});

Deno.test("losses of constant logits are finite", () => {
  for (const loss of [crossEntropyLoss, dlrLoss]) {
    const { values, gradient } = loss(new Float32Array(4).fill(3), 4, [1], [2]);
    assert(Number.isFinite(values[0]));
    assertEquals([...gradient].every(Number.isFinite), true);
  }
});
