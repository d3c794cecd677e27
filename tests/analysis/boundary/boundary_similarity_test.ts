import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import {
  type BoundarySimilarity,
  boundarySimilarity,
  type BoundarySimilarityOptions,
} from "../../../lib/analysis/boundary/boundary_similarity.ts";
import { commonBaseSamples } from "../../../lib/analysis/boundary/common_base_samples.ts";
import type { FrozenClassifier } from "../../../lib/nn/frozen_classifier.ts";
import { topClasses } from "../../../lib/tensors/rows.ts";
import { UserError } from "../../../lib/user_error.ts";
import { constantClassifier } from "../../classifiers.ts";
import { denseClassifier, testImages } from "../../networks.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

const NEWTON = { step: "newton", eta: 1.2 } as const;

/** Makes images, labelled by a classifier. */
async function labelledBy(classifier: FrozenClassifier, count: number) {
  const images = testImages(count);
  const logits = classifier.logits(images);
  const labels = topClasses(await logits.data(), classifier.classes);
  logits.dispose();
  return { images, labels };
}

/** Makes a network that resembles the test classifier. */
function neighbour(): FrozenClassifier {
  const [one, other] = [denseClassifier(), denseClassifier(4, "other")];
  const mixed: FrozenClassifier = {
    classes: one.classes,
    logits: (x) => tf.tidy(() => tf.add(one.logits(x), tf.mul(other.logits(x), 0.2))),
    pullback: (x) => {
      const [a, b] = [one.pullback(x), other.pullback(x)];
      const logits = tf.tidy(() => tf.add(a.logits, tf.mul(b.logits, 0.2))) as tf.Tensor2D;
      tf.dispose([a.logits, b.logits]);
      return {
        logits,
        toImages: (d, rows) =>
          tf.tidy(() => tf.add(a.toImages(d, rows), tf.mul(b.toImages(d, rows), 0.2))),
        dispose: () => [a, b].forEach((pass) => pass.dispose()),
      };
    },
    dispose: () => [one, other].forEach((network) => network.dispose()),
  };
  return mixed;
}

onUsableBackends("boundary similarity of a network with itself is 1", async () => {
  const classifier = denseClassifier();
  const set = await labelledBy(classifier, 12);
  const similarity = await boundarySimilarity(classifier, classifier, set, NEWTON);
  assertEquals([similarity.qualifying, similarity.attacked], [12, 12]);
  const { teacher, student, both } = similarity.crossed;
  assertEquals([teacher, student], [both, both]);
  assert(both > 0 && similarity.magnitude.n === both);
  assertAlmostEquals(similarity.magnitude.value!, 1, 1e-6);
  assertAlmostEquals(similarity.angle.value!, 1, 1e-6);
  similarity.magnitude.interval!.forEach((end) => assertAlmostEquals(end, 1, 1e-6));
  assertEquals(similarity.agreement.onTeachers.value, 1);
  assertEquals(similarity.agreement.onStudents.value, 1);
  const { distance } = similarity;
  assertEquals(distance.student.value, distance.teacher.value);
  const few = await boundarySimilarity(classifier, classifier, set, { ...NEWTON, count: 5 });
  assertEquals([few.qualifying, few.attacked], [12, 5]);
  set.images.dispose();
  classifier.dispose();
});

onUsableBackends(
  "boundary similarity of two networks is below 1, and its figures are consistent",
  async () => {
    const [teacher, student] = [denseClassifier(), neighbour()];
    const set = await labelledBy(teacher, 12);
    const similarity = await boundarySimilarity(teacher, student, set, { ...NEWTON, pairs: "all" });
    assert(similarity.qualifying <= 12 && similarity.attacked === similarity.qualifying);
    assert(
      similarity.crossed.both <= Math.min(similarity.crossed.teacher, similarity.crossed.student),
    );
    for (const figure of [similarity.magnitude, similarity.angle]) {
      assert(figure.value! < 1 && figure.value! > 0.2, `${figure.value}`);
      assert(figure.interval![0] <= figure.value! && figure.value! <= figure.interval![1]);
      assertEquals(figure.n, similarity.attacked);
    }
    // The boundary along a perturbation has a positive distance.
    assert(similarity.distance.teacher.value! > 0);
    set.images.dispose();
    [teacher, student].forEach((network) => network.dispose());
  },
);

onUsableBackends(
  "boundary similarity depends on the seed, but not on the batch size",
  async () => {
    const [teacher, student] = [denseClassifier(), neighbour()];
    const set = await labelledBy(teacher, 12);
    const measure = (options: Partial<BoundarySimilarityOptions>) =>
      boundarySimilarity(teacher, student, set, { ...NEWTON, count: 6, pairs: "all", ...options });
    const values = ({ magnitude, angle, distance }: BoundarySimilarity) =>
      [magnitude, angle, distance.teacher, distance.student].map(({ value }) => value!);
    const whole = values(await measure({}));
    values(await measure({ batchSize: 4 })).forEach((value, i) =>
      assertAlmostEquals(value, whole[i], 1e-4)
    );
    assert(
      values(await measure({ seed: 2 })).some((value, i) => Math.abs(value - whole[i]) > 1e-3),
    );
    set.images.dispose();
    [teacher, student].forEach((network) => network.dispose());
  },
);

onUsableBackends(
  "boundary similarity draws the target of an image without regard to the other images",
  async () => {
    const classifier = denseClassifier();
    const set = await labelledBy(classifier, 12);
    // Only the last image is left: it had the twelfth place, and now has the first.
    const labels = set.labels.map((label, i) => i < 11 ? (label + 1) % 4 : label);
    const options = { ...NEWTON, targetRule: "random" } as const;
    for (const seed of [1, 2, 3, 4]) {
      const all = await boundarySimilarity(classifier, classifier, set, { ...options, seed });
      const alone = await boundarySimilarity(
        classifier,
        classifier,
        { images: set.images, labels },
        { ...options, seed },
      );
      assertEquals(alone.attacked, 1);
      assertAlmostEquals(alone.pairs[0].distance.teacher!, all.pairs[11].distance.teacher!, 1e-4);
    }
    set.images.dispose();
    classifier.dispose();
  },
);

onUsableBackends(
  "boundary similarity without a qualifying image is null, not NaN",
  async () => {
    const classifier = denseClassifier();
    const set = await labelledBy(classifier, 3);
    const wrong = { images: set.images, labels: set.labels.map((label) => (label + 1) % 4) };
    const similarity = await boundarySimilarity(classifier, classifier, wrong, NEWTON);
    assertEquals([similarity.qualifying, similarity.attacked], [0, 0]);
    assertEquals(similarity.magnitude, { value: null, interval: null, n: 0 });
    assertEquals(similarity.agreement.onTeachers, { value: null, interval: null, n: 0 });
    set.images.dispose();
    classifier.dispose();
  },
);

onUsableBackends("boundary similarity leaves out pairs without a perturbation", async () => {
  const constant = constantClassifier([2, 1, 0, 0]);
  const images = testImages(2);
  const similarity = await boundarySimilarity(constant, constant, { images, labels: [0, 0] }, {
    ...NEWTON,
    pairs: "all",
  });
  assertEquals(similarity.attacked, 2);
  assertEquals(similarity.crossed, { teacher: 0, student: 0, both: 0 });
  assertEquals(similarity.magnitude.value, null);
  assertEquals(similarity.distance.teacher.value, null);
  images.dispose();
});

onUsableBackends("boundary similarity takes a single image, 2 and 200 classes", async () => {
  for (const [count, classes] of [[1, 4], [2, 2], [2, 200]]) {
    const classifier = denseClassifier(classes);
    const set = await labelledBy(classifier, count);
    const similarity = await boundarySimilarity(classifier, classifier, set, {
      ...NEWTON,
      pairs: "all",
    });
    assertAlmostEquals(similarity.angle.value!, 1, 1e-6);
    assertEquals(similarity.angle.interval === null, count === 1);
    set.images.dispose();
    classifier.dispose();
  }
});

Deno.test("boundary similarity says what is wrong with options, labels and networks", async () => {
  const [four, three] = [denseClassifier(), denseClassifier(3)];
  const images = testImages(2);
  const call = (options: object, labels = [0, 1], student = four) => () =>
    boundarySimilarity(four, student, { images, labels }, options);
  await assertRejects(call({ counts: 3 }), UserError, 'no option "counts"');
  await assertRejects(call({ pairs: "some" }), UserError, "one of crossed, all");
  await assertRejects(call({}, [0, 4]), UserError, "from 0 to 3");
  await assertRejects(call({}, [0, 1], three), UserError, "have 4 and 3");
  images.dispose();
  [four, three].forEach((network) => network.dispose());
});

Deno.test("boundary similarity stops at the next batch when its signal is aborted", async () => {
  const classifier = denseClassifier();
  const set = await labelledBy(classifier, 4);
  await assertRejects(
    () => boundarySimilarity(classifier, classifier, set, NEWTON, { signal: AbortSignal.abort() }),
    DOMException,
    "abort",
  );
  set.images.dispose();
  classifier.dispose();
});

onUsableBackends("boundary similarity draws its base samples, and keeps their order", async () => {
  const classifier = denseClassifier();
  const set = await labelledBy(classifier, 12);
  const rowsOf = async (seed: number) => {
    const stream = (name: string) => seedrandom(`${seed}/${name}`) as () => number;
    const settings = { count: 6, batchSize: 5, targetRule: "second", stream } as const;
    const { common } = await commonBaseSamples(classifier, classifier, set, settings);
    return common.map(({ row }) => row);
  };
  const [one, other] = [await rowsOf(1), await rowsOf(2)];
  for (const rows of [one, other]) assertEquals(rows, rows.toSorted((a, b) => a - b));
  assertEquals([one.length, other.length], [6, 6]);
  assert(String(one) !== String(other));
  set.images.dispose();
  classifier.dispose();
});
