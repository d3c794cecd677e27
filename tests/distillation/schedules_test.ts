import { assertAlmostEquals, assertEquals } from "@std/assert";
import { boundaryWeight, distillationWeight, warmUp } from "../../lib/distillation/schedules.ts";
import { learningRateAt, protocolOptions } from "../../lib/training/protocol.ts";
import { resolveOptions } from "../../lib/options.ts";

Deno.test("the weight of the teacher's logits falls from 4 to 1", () => {
  assertAlmostEquals(distillationWeight(1, 80), 3 * (79 / 80) + 1);
  assertEquals(distillationWeight(80, 80), 1);
});

Deno.test("the weight of boundary supporting samples is zero in the last quarter", () => {
  assertAlmostEquals(boundaryWeight(1, 80), 2 * (1 - 4 / 240));
  assertAlmostEquals(boundaryWeight(59, 80), 2 * (1 - 236 / 240));
  for (let epoch = 60; epoch <= 80; epoch++) assertEquals(boundaryWeight(epoch, 80), 0);
});

Deno.test("the weight of boundary supporting samples starts at the given β", () => {
  assertEquals(boundaryWeight(20, 80), 2 * boundaryWeight(20, 80, 1));
  assertEquals([boundaryWeight(1, 80, 0), boundaryWeight(60, 80, 5)], [0, 0]);
});

Deno.test("a warm-up rises to 1 over its share of the epochs, and stays 1", () => {
  assertEquals([1, 5, 10, 11, 80].map((epoch) => warmUp(epoch, 80, 1 / 8)), [0.1, 0.5, 1, 1, 1]);
  assertEquals([1, 80].map((epoch) => warmUp(epoch, 80, 0)), [1, 1]);
});

Deno.test("the learning rate drops to a tenth at half of training and again at three quarters", () => {
  const protocol = resolveOptions("protocol", protocolOptions);
  const rates = [1, 39, 40, 59, 60, 80].map((epoch) => learningRateAt(protocol, epoch, 80));
  [0.1, 0.1, 0.01, 0.01, 0.001, 0.001].forEach((rate, i) => assertAlmostEquals(rates[i], rate));
});
