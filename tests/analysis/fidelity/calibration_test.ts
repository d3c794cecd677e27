import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  adaptiveCalibrationError,
  calibrationError,
  reliability,
} from "../../../lib/analysis/fidelity/calibration.ts";

const predictions = (pairs: readonly (readonly [confidence: number, isRight: boolean])[]) =>
  pairs.map(([confidence, isRight]) => ({ confidence, isRight }));

const FOUR = predictions([[0.9, true], [0.6, true], [0.9, false], [0.6, true]]);

Deno.test("calibrationError() is the mean difference of confidence and accuracy over bins", () => {
  // At 0.9: accuracy 0.5. At 0.6: accuracy 1. Each bin has half of the predictions.
  assertAlmostEquals(calibrationError(FOUR), 0.4, 1e-12);
  // In one bin: confidence 0.75, accuracy 0.75.
  assertAlmostEquals(calibrationError(FOUR, 1), 0, 1e-12);
  assertAlmostEquals(calibrationError(predictions([[1, true], [1, false]])), 0.5, 1e-12);
});

Deno.test("a confidence on the edge of a bin is in the lower one", () => {
  // 0.5 is in 0…0.5, and 0.6 above: 0.5 and 0.4 do not cancel out.
  const edge = predictions([[0.5, false], [0.6, true]]);
  assertAlmostEquals(calibrationError(edge, 2), (0.5 + 0.4) / 2, 1e-12);
  assertAlmostEquals(calibrationError(predictions([[0, false]]), 2), 0, 1e-12);
  // 0.07 · 100 is above 7 in floating point, yet 0.07 shares a bin with 0.065.
  const rounded = predictions([[0.07, false], [0.065, true]]);
  assertAlmostEquals(calibrationError(rounded, 100), (0.935 - 0.07) / 2, 1e-12);
});

Deno.test("reliability() counts the right predictions of each bin of confidences", () => {
  const [low, high] = reliability(FOUR, 2);
  assertEquals(low, { confidence: NaN, right: 0, n: 0 });
  assertEquals([high.right, high.n], [3, 4]);
  assertAlmostEquals(high.confidence, 0.75, 1e-12);
  const [, second, third] = reliability(predictions([[2 / 3, true], [0.7, false]]), 3);
  assertEquals([second, third].map(({ right, n }) => [right, n]), [[1, 1], [0, 1]]);
});

Deno.test("adaptiveCalibrationError() fills each bin with equally many predictions", () => {
  assertAlmostEquals(adaptiveCalibrationError(FOUR, 2), 0.4, 1e-12);
  // Four predictions in 15 bins: each alone, 0.1, 0.4, 0.9 and 0.4.
  assertAlmostEquals(adaptiveCalibrationError(FOUR), (0.1 + 0.4 + 0.9 + 0.4) / 4, 1e-12);
  // Two and one: 0.7 and 0.8 with accuracy 0.5, then 0.9 with accuracy 1.
  const three = predictions([[0.9, true], [0.7, true], [0.8, false]]);
  assertAlmostEquals(adaptiveCalibrationError(three, 2), (2 * 0.25 + 0.1) / 3, 1e-12);
});

Deno.test("calibration errors of no predictions are NaN", () => {
  assertEquals([calibrationError([]), adaptiveCalibrationError([])], [NaN, NaN]);
});
