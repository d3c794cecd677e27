import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { robustness } from "../../../lib/analysis/evaluations/robustness.ts";
import { median } from "../../../lib/analysis/statistics/median_interval.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { resolveOptions } from "../../../lib/options.ts";
import { UserError } from "../../../lib/user_error.ts";
import { constantClassifier, linearClassifier } from "../../classifiers.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";
import { smallDataset } from "../../training/small_run.ts";

/** Measures a student on eight images, by default with their own labels. */
async function measure(student: FrozenClassifier, given: object, labels?: readonly number[]) {
  const { test, ...dataset } = smallDataset();
  const images = { ...test, labels: Uint8Array.from(labels ?? test.labels) };
  const context = { student, teacher: student, dataset: { ...dataset, test: images } };
  const options = resolveOptions("robustness", robustness.options, { images: 8, l2: [], ...given });
  return await robustness.measure(options, context);
}

onAutomaticBackend("the evaluation of robustness keeps the warnings of its attacks", async () => {
  const student = constantClassifier([2, 0, -1, 0]);
  const { measurements, warnings = [] } = await measure(student, { linf: [1] });
  assertEquals(measurements.map(({ measure, value }) => [measure, value]), [
    ["robust_none", 0.25],
    ["robust_fgsm_linf_1", 0.25],
    ["robust_pgd20_linf_1", 0.25],
  ]);
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], "the gradient is zero on 2 of 2 images");
});

onAutomaticBackend(
  "the evaluation of robustness gives median distances in 1/255 and in pixels",
  async () => {
    // The gap is twice the sum of the 64 normalised pixels: zero where their mean is 0.4.
    const student = linearClassifier(Array(64).fill([-1, 1]).flat(), [0, 0]);
    const { test } = smallDataset();
    const sums = Array.from({ length: 8 }, (_, i) => {
      const pixels = [...test.images.subarray(64 * i, 64 * i + 64)];
      return pixels.reduce((sum, byte) => sum + byte / 255 - 0.4, 0);
    });
    const labels = sums.map((sum) => Number(sum > 0));
    const { measurements } = await measure(student, { linf: [], distances: true }, labels);
    const [, linf, l2] = measurements;
    const expected = median(sums.map(Math.abs));
    assertEquals([linf.measure, l2.measure], ["min_distance_linf", "min_distance_l2"]);
    assertAlmostEquals(linf.value!, 255 * expected / 64, 1e-2);
    assertAlmostEquals(l2.value!, expected / 8, 1e-3);
    assertEquals([linf.n, l2.n], [8, 8]);
  },
);

onAutomaticBackend("a median distance is null where most images withstand", async () => {
  const ofConstant = async (labels: number[], endless: string[]) => {
    const student = constantClassifier([2, 1]);
    const given = { linf: [], distances: true };
    const { measurements, warnings = [] } = await measure(student, given, labels);
    const told = warnings.filter((text) => text.includes("half of the images withstood"));
    assertEquals(told.map((text) => text.split(" ")[0]), endless);
    return measurements.slice(1).map(({ value, low, high, n }) => [value, low, high, n]);
  };
  const all = await ofConstant(
    [0, 0, 0, 0, 0, 0, 0, 0],
    ["min_distance_linf", "min_distance_l2"],
  );
  assertEquals(all, [[null, null, null, 8], [null, null, null, 8]]);
  const one = await ofConstant([0, 1, 1, 1, 1, 1, 1, 1], []);
  assertEquals(one, [[0, 0, null, 8], [0, 0, null, 8]]);
});

onAutomaticBackend(
  "the evaluation of robustness attacks with the ensemble if told so",
  async () => {
    const student = constantClassifier([2, 0, -1, 0]);
    // No image is classified correctly, so none is attacked.
    const { measurements } = await measure(
      student,
      { linf: [1], ensemble: true },
      Array(8).fill(1),
    );
    assertEquals(measurements.map(({ measure }) => measure), [
      "robust_none",
      "robust_fgsm_linf_1",
      "robust_pgd20_linf_1",
      "robust_apgdensemble_linf_1",
    ]);
  },
);

Deno.test("an evaluation of robustness refuses an L∞ radius in pixels before any run", () => {
  const resolved = (linf: number[]) => resolveOptions("robustness", robustness.options, { linf });
  assertThrows(() => resolved([0.03]), UserError, "in units of 1/255");
  assertEquals(resolved([0.5, 8]).linf, [0.5, 8]);
});

Deno.test("an evaluation of robustness without distances keeps the options of older ones", () => {
  const options = resolveOptions("robustness", robustness.options, { images: 512 });
  assertEquals(Object.keys(options), ["images", "linf", "l2", "ensemble"]);
});
