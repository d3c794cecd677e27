import { assertEquals, assertStringIncludes } from "@std/assert";
import { robustness } from "../../../lib/analysis/evaluations/robustness.ts";
import { constantClassifier } from "../../classifiers.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";
import { smallDataset } from "../../training/small_run.ts";

onAutomaticBackend("the evaluation of robustness keeps the warnings of its attacks", async () => {
  const student = constantClassifier([2, 0, -1, 0]);
  const context = { student, teacher: student, dataset: smallDataset() };
  const options = { images: 8, linf: [1], l2: [], ensemble: false };
  const { measurements, warnings = [] } = await robustness.measure(options, context);
  assertEquals(measurements.map(({ measure, value }) => [measure, value]), [
    ["robust_none", 0.25],
    ["robust_fgsm_linf_1", 0.25],
    ["robust_pgd20_linf_1", 0.25],
  ]);
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], "the gradient is zero on 2 of 2 images");
});
