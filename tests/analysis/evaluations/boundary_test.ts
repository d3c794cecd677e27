import { assert, assertEquals } from "@std/assert";
import { boundary } from "../../../lib/analysis/evaluations/boundary.ts";
import type { EvaluationMemory } from "../../../lib/analysis/evaluations/evaluation.ts";
import { boundarySimilarity } from "../../../lib/analysis/boundary/boundary_similarity.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { resolveOptions } from "../../../lib/options.ts";
import { imageTensor } from "../../../lib/training/batches.ts";
import { constantClassifier, linearClassifier } from "../../classifiers.ts";
import { uniformNumbers } from "../../numbers.ts";
import { onAutomaticBackend } from "../../on_every_backend.ts";
import { smallDataset } from "../../training/small_run.ts";

/** Small images with the labels that a classifier gives them. */
async function labelledDataset(classifier: FrozenClassifier) {
  const dataset = smallDataset();
  const images = imageTensor(dataset, dataset.test, [...Array(dataset.test.count).keys()]);
  const logits = classifier.logits(images);
  const values = await logits.data();
  const labels = Uint8Array.from({ length: dataset.test.count }, (_, i) => {
    const row = [...values.slice(4 * i, 4 * i + 4)];
    return row.indexOf(Math.max(...row));
  });
  images.dispose();
  logits.dispose();
  return { ...dataset, test: { ...dataset.test, labels } };
}

const options = (given = {}) =>
  resolveOptions("boundary", boundary.options, { images: 8, step: "newton", eta: 0.5, ...given });

onAutomaticBackend(
  "the evaluation of boundaries measures in the pixel box and as the paper does",
  async () => {
    // So sure of class 0 that one sample does not cross on the student within the box
    const bias = [6, 0, 0, 0];
    const weights = uniformNumbers(8 * 8 * 4, "teacher");
    const noise = uniformNumbers(8 * 8 * 4, "student");
    const teacher = linearClassifier([...weights], bias);
    const student = linearClassifier([...weights].map((w, i) => w + noise[i] / 2), bias);
    const dataset = await labelledDataset(teacher);
    const { measurements } = await boundary.measure(options(), { teacher, student, dataset });
    const found = new Map(measurements.map(({ measure, value }) => [measure, value]));
    assertEquals(found.size, measurements.length);

    const { test } = dataset;
    const images = imageTensor(dataset, test, [...Array(test.count).keys()]);
    const set = { images, labels: test.labels };
    const same = await boundarySimilarity(teacher, student, set, { step: "newton", eta: 0.5 });
    // Mean 0.4 and standard deviation 0.2: pixels 0…1 are −2…3.
    const box = await boundarySimilarity(teacher, student, set, {
      step: "newton",
      eta: 1,
      clamp: [-2, 3],
    });
    images.dispose();
    assert(box.crossed.both < box.attacked);
    assertEquals(found.get("mag_sim_all"), same.overAll.magnitude.value);
    assertEquals(found.get("ang_sim_all"), same.overAll.angle.value);
    assertEquals(found.get("ang_sim_box_all"), box.overAll.angle.value);
    assertEquals(found.get("distance_ratio_all"), box.overAll.distanceRatio.value);
    assertEquals(found.get("agreement_on_students_bss"), same.agreement.onStudents.value);
    const means = { distance: same.distance, norm: same.norm, gap: same.gap };
    for (const [name, { teacher, student }] of Object.entries(means)) {
      assertEquals(found.get(`${name}_teacher`), teacher.value, name);
      assertEquals(found.get(`${name}_student`), student.value, name);
    }
    assert(found.get("ang_sim_box_all") !== found.get("ang_sim_all"));
    assertEquals(found.get("ang_sim_box"), box.angle.value);
    assert(found.get("ang_sim_box") !== found.get("ang_sim_box_all"));
  },
);

onAutomaticBackend("the evaluation of boundaries is null where no image qualifies", async () => {
  // One is always right about class 0, the other about class 1.
  const [teacher, student] = [constantClassifier([2, 0, 0, 0]), constantClassifier([0, 2, 0, 0])];
  const context = { teacher, student, dataset: smallDataset() };
  const { measurements } = await boundary.measure(options(), context);
  for (const { measure, value, low, high, n } of measurements) {
    assertEquals([value, low, high, n], [null, null, null, 0], measure);
  }
});

onAutomaticBackend(
  "the evaluation of boundaries attacks a remembered teacher only once",
  async () => {
    const noise = uniformNumbers(8 * 8 * 4, "student");
    const weights = [...uniformNumbers(8 * 8 * 4, "teacher")];
    const networks = [0, 1, -1].map((factor) =>
      linearClassifier(weights.map((w, i) => w + factor * noise[i] / 2), [0, 0, 0, 0])
    );
    const [teacher, ...students] = networks;
    let attacks = 0;
    const counted: FrozenClassifier = {
      ...teacher,
      pullback: (images) => (attacks++, teacher.pullback(images)),
    };
    const dataset = await labelledDataset(teacher);
    const memory: EvaluationMemory = new Map();
    const attacksFor: number[] = [];
    for (const student of students) {
      const networks = { teacher: counted, student };
      const { measurements } = await boundary.measure(options(), { ...networks, dataset, memory });
      attacksFor.push(attacks);
      attacks = 0;
      const alone = await boundary.measure(options(), { teacher, student, dataset });
      assertEquals(measurements, alone.measurements);
    }
    assert(attacksFor[0] > 0);
    assertEquals(attacksFor[1], 0);
  },
);
