import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { boundarySimilarity } from "../../../lib/analysis/boundary/boundary_similarity.ts";
import { boundary } from "../../../lib/analysis/evaluations/boundary.ts";
import { fidelity } from "../../../lib/analysis/evaluations/fidelity.ts";
import { fidelityOf } from "../../../lib/analysis/fidelity/fidelity.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { resolveOptions } from "../../../lib/options.ts";
import { topClasses } from "../../../lib/tensors/rows.ts";
import { imageTensor } from "../../../lib/training/batches.ts";
import { linearClassifier } from "../../classifiers.ts";
import { uniformNumbers } from "../../numbers.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";
import { smallDataset } from "../../training/small_run.ts";

const weights = [...uniformNumbers(8 * 8 * 4, "teacher")];
const noise = uniformNumbers(8 * 8 * 4, "student");
const teacher = linearClassifier(weights, [0, 0, 0, 0]);
const student = linearClassifier(weights.map((w, i) => w + noise[i] / 2), [0, 0, 0, 0]);

/** The small test images, with the labels that the teacher gives them. */
async function taughtDataset() {
  const whole = smallDataset();
  const { test } = whole;
  const images = imageTensor(whole, test, [...test.labels.keys()]);
  const logits = teacher.logits(images);
  const labels = Uint8Array.from(topClasses(await logits.data(), 4));
  logits.dispose();
  return { dataset: { ...whole, test: { ...test, labels } }, images, labels };
}

onAutomaticBackend(
  "the evaluation of boundaries takes the primary measures from the box, and the paper's from its own step",
  async () => {
    const { dataset, images, labels } = await taughtDataset();
    const given = { images: 8, step: "newton", eta: 1.3 };
    const options = resolveOptions("boundary", boundary.options, given);
    const { measurements } = await boundary.measure(options, { teacher, student, dataset });
    const found = Object.fromEntries(measurements.map(({ measure, value }) => [measure, value]));
    const set = { images, labels };
    const paper = await boundarySimilarity(teacher, student, set, { step: "newton", eta: 1.3 });
    const box = await boundarySimilarity(teacher, student, set, {
      step: "newton",
      eta: 1,
      clamp: [-2, 3],
    });
    images.dispose();
    const both = [box, paper].map(({ magnitude, angle, distanceRatio }) =>
      [magnitude, angle, distanceRatio].map(({ value }) => value!)
    );
    assert(both.flat().every(Number.isFinite), "no pair crossed on both networks");
    both[0].forEach((value, index) => assertNotEquals(value, both[1][index]));
    assertEquals([found.distance_ratio, found.ang_sim_box], [both[0][2], both[0][1]]);
    assertEquals([found.mag_sim, found.ang_sim], [both[1][0], both[1][1]]);
    assertEquals(found.ang_sim_from_clamp, paper.angleFromClamp.value);
    assertEquals(found.agreement_on_teachers_bss_box, box.agreement.onTeachers.value);
    assertEquals(found.agreement_on_teachers_bss, paper.agreement.onTeachers.value);
    assertEquals(found.crossed_on_both_box, box.crossed.both / box.attacked);
    assertEquals(found.crossed_on_both, paper.crossed.both / paper.attacked);
  },
);

const FIDELITY = { images: 8, step: "newton", eta: 1.1, clamp: 100 };

onAutomaticBackend(
  "the evaluation of fidelity is about the student, held against the teacher and the labels",
  async () => {
    const { dataset, images, labels } = await taughtDataset();
    images.dispose();
    // The teacher is wrong about the third image, so no samples are made of it.
    labels[2] = (labels[2] + 1) % 4;
    const seen: [tf.Tensor4D["shape"], Float32Array][] = [];
    const watched: FrozenClassifier = {
      ...student,
      logits(images) {
        seen.push([images.shape, images.dataSync<"float32">().slice()]);
        return student.logits(images);
      },
    };
    const options = resolveOptions("fidelity", fidelity.options, FIDELITY);
    const context = { teacher, student: watched, dataset };
    const { measurements } = await fidelity.measure(options, context);
    const found = new Map(measurements.map(({ measure, value }) => [measure, value]));
    const right = [...labels].filter((_, i) => i !== 2);
    for (const [index, kind] of ["test", "bss", "noise"].entries()) {
      const [shape, pixels] = seen[index];
      const [theirs, own] = [teacher, student].map((network) =>
        tf.tidy(() => network.logits(tf.tensor4d(pixels, shape)).dataSync())
      );
      const truth = kind === "test" ? [...labels] : right;
      const expected = fidelityOf(theirs, own, truth, 4, () => 0.5);
      for (
        const [measure, { value }] of [
          ["agreement", expected.agreement],
          ["kl", expected.divergence],
          ["ece", expected.calibrationError],
          ["adaptive_ece", expected.adaptiveCalibrationError],
          ["nll", expected.negativeLogLikelihood],
        ] as const
      ) assertAlmostEquals(found.get(`${measure}_${kind}`)!, value!, 1e-5, `${measure}_${kind}`);
    }
  },
);

onAutomaticBackend("fidelity takes no remembered samples of other options", async () => {
  const { dataset, images } = await taughtDataset();
  images.dispose();
  const measured = async (seed: number, memory = new Map<string, unknown>()) => {
    const options = resolveOptions("fidelity", fidelity.options, { ...FIDELITY, seed });
    const { measurements } = await fidelity.measure(options, { teacher, student, dataset, memory });
    return measurements.filter(({ measure }) => measure.endsWith("_noise"));
  };
  const memory = new Map<string, unknown>();
  const first = await measured(1, memory);
  const second = await measured(2, memory);
  assertEquals(second, await measured(2));
  assertNotEquals(second, first);
});
