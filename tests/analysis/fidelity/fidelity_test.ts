import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import seedrandom from "seedrandom";
import { fidelityOf } from "../../../lib/analysis/fidelity/fidelity.ts";
import { wilsonInterval } from "../../../lib/analysis/statistics/interval.ts";
import { UserError } from "../../../lib/user_error.ts";

const random = () => seedrandom("fidelity") as () => number;
const [LN2, LN3] = [Math.log(2), Math.log(3)];

Deno.test("fidelityOf() has the values of plain arithmetic", () => {
  // Probabilities: teacher (3/4, 1/4) and (1/2, 1/2), student (1/2, 1/2) and (1/3, 2/3).
  const found = fidelityOf([LN3, 0, 5, 5], [7, 7, 0, LN2], [0, 0], 2, random());
  // The first of equal logits leads: class 0 and 0 of the teacher, 0 and 1 of the student.
  assertEquals(found.agreement, { value: 0.5, interval: wilsonInterval(1, 2), n: 2 });
  const divergences = [
    0.75 * Math.log(0.75 / 0.5) + 0.25 * Math.log(0.25 / 0.5),
    0.5 * Math.log(0.5 * 3) + 0.5 * Math.log(0.5 * 1.5),
  ];
  assertAlmostEquals(found.divergence.value!, (divergences[0] + divergences[1]) / 2, 1e-12);
  assertAlmostEquals(found.negativeLogLikelihood.value!, (LN2 + LN3) / 2, 1e-12);
  // Confidence 1/2 and right, 2/3 and wrong.
  assertAlmostEquals(found.calibrationError.value!, (1 / 2 + 2 / 3) / 2, 1e-12);
  assertAlmostEquals(found.adaptiveCalibrationError.value!, (1 / 2 + 2 / 3) / 2, 1e-12);
});

Deno.test("fidelityOf() stays finite where probabilities underflow", () => {
  const { divergence, negativeLogLikelihood } = fidelityOf([2000, 0], [0, 2000], [0], 2, random());
  assertEquals([divergence.value, negativeLogLikelihood.value], [2000, 2000]);
  assertEquals(divergence.interval, null);
});

Deno.test("fidelityOf() of a teacher with itself is perfect", () => {
  const logits = Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const labels = Array(20).fill(0);
  const { agreement, divergence } = fidelityOf(logits, logits, labels, 3, random());
  assertEquals([agreement.value, divergence.value], [1, 0]);
});

Deno.test("intervals of calibration errors are around the value, and the same for the same stream", () => {
  const draw = seedrandom("logits") as () => number;
  const logits = Array.from({ length: 600 }, () => 4 * draw());
  const labels = Array.from({ length: 200 }, () => Math.floor(3 * draw()));
  const once = fidelityOf(logits, logits, labels, 3, random());
  for (const { value, interval, n } of [once.calibrationError, once.adaptiveCalibrationError]) {
    const [low, high] = interval!;
    assert(low <= value! && value! <= high && 0 <= low && high <= 1, `${low} ${value} ${high}`);
    assertEquals(n, 200);
  }
  assertEquals(fidelityOf(logits, logits, labels, 3, random()), once);
});

Deno.test("the interval of a calibration error is mirrored at its value", () => {
  // Confidence 0.9, once right and once wrong: resampled errors are 0.1, 0.4 and 0.9.
  const logits = [Math.log(9), 0, Math.log(9), 0];
  const { value, interval } = fidelityOf(logits, logits, [0, 1], 2, random()).calibrationError;
  assertAlmostEquals(value!, 0.4, 1e-12);
  assertAlmostEquals(interval![0], 0, 1e-12);
  assertAlmostEquals(interval![1], 0.7, 1e-12);
});

Deno.test("fidelityOf() is null for no image, and names bad logits", () => {
  const { reliability, ...estimates } = fidelityOf([], [], [], 3, random());
  for (const estimate of Object.values(estimates)) {
    assertEquals(estimate, { value: null, interval: null, n: 0 });
  }
  assertEquals(reliability.filter(({ n }) => n > 0), []);
  const call = (teacher: number[], student: number[]) => () =>
    fidelityOf(teacher, student, [0], 2, random());
  assertThrows(call([NaN, 2], [1, 2]), UserError, "the teacher gives logits that are not finite");
  assertThrows(call([1, 2], [1, Infinity]), UserError, "the student gives logits that are not");
});
