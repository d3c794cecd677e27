import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import seedrandom from "seedrandom";
import { constantClassifier, linearClassifier, randomLinear } from "../../classifiers.ts";
import { attackOf, greyImages, ownLabels, QUICK } from "./small_measurement.ts";
import {
  type RobustAccuracy,
  robustAccuracy,
  type RobustnessProgress,
} from "../../../lib/analysis/robustness/robust_accuracy.ts";
import {
  apgdEnsemble,
  fgsm,
  pgd,
  type RobustnessStage,
} from "../../../lib/analysis/robustness/robustness_attack.ts";
import { wilsonInterval } from "../../../lib/analysis/statistics/interval.ts";
import { pixelClassifier } from "../../../lib/attack/pixel_space.ts";
import { testClassifier } from "../../networks.ts";
import { onFastBackends, onUsableBackends } from "../../on_every_backend.ts";

function accuracies({ rows }: RobustAccuracy): Record<string, number[]> {
  const names = [...new Set(rows.map(({ attack, norm }) => `${attack} ${norm}`))];
  return Object.fromEntries(names.map((name) => [
    name,
    rows.filter(({ attack, norm }) => name === `${attack} ${norm}`).map((row) => row.accuracy),
  ]));
}

onUsableBackends("robustAccuracy() of a linear classifier follows from its weights", async () => {
  // The gap of class 0 over class 1 is w·x + b; a move by ε reduces it by ε‖w‖₁ in L∞, by ε‖w‖₂ in L2.
  const w = [3, -4, 0, 1];
  const classifier = linearClassifier(w.flatMap((value) => [value / 2, -value / 2]), [0.1, -0.1]);
  const images = greyImages(40);
  const pixels = await images.data();
  const gaps = Array.from(
    { length: 40 },
    (_, i) => 0.2 + w.reduce((sum, value, k) => sum + value * pixels[4 * i + k], 0),
  );
  const labels: number[] = gaps.map((gap) => gap > 0 ? 0 : 1);
  labels[0] = 1 - labels[0]; // an image that the classifier misclassifies
  const share = (needed: number) =>
    gaps.filter((gap, i) => i > 0 && Math.abs(gap) > needed).length / 40;
  const [linf, l2] = [[2, 8, 24], [0.02, 0.1, 0.15]];
  const result = await robustAccuracy(classifier, { images, labels }, { linf, l2 }, {
    attacks: QUICK,
  });
  images.dispose();
  const expectedLinf = linf.map((epsilon) => share(epsilon / 255 * 8));
  const expectedL2 = l2.map((epsilon) => share(epsilon * Math.sqrt(26)));
  assert(new Set([1, ...expectedLinf]).size === 4 && new Set([1, ...expectedL2]).size === 4);
  assertEquals(result.clean.accuracy, 39 / 40);
  const found = accuracies(result);
  for (const { name } of QUICK) {
    assertEquals(found[`${name} linf`], expectedLinf, name);
    assertEquals(found[`${name} l2`], expectedL2, name);
  }
  for (const { attack, accuracy, interval, images } of result.rows) {
    assertEquals([images, interval], [40, wilsonInterval(Math.round(40 * accuracy), 40)], attack);
  }
  assertEquals(result.warnings, []);
});

onFastBackends(
  "robustAccuracy() of a ResNet falls with ε, and is the same for every batch size",
  async () => {
    const network = testClassifier();
    const classifier = pixelClassifier(network, { mean: [0.5], std: [0.1] });
    const images = greyImages(5, 8);
    const labels = await ownLabels(classifier, images);
    labels[3] = (labels[3] + 1) % 4;
    const measure = (batchSize: number) =>
      robustAccuracy(
        classifier,
        { images, labels },
        { linf: [1, 16], l2: [0.02, 0.4], batchSize },
        {
          attacks: [fgsm, pgd(4), apgdEnsemble({ maxSteps: 5, candidates: 2 })],
        },
      );
    const whole = await measure(5);
    assertEquals(await measure(2), whole);
    assertEquals(whole.clean.accuracy, 4 / 5);
    for (const [name, [small, large]] of Object.entries(accuracies(whole))) {
      assert(
        small <= 4 / 5 && large < small,
        `${name}: ${small} at the small ε, ${large} at the large`,
      );
    }
    images.dispose();
    network.dispose();
  },
);

onUsableBackends("pgd() starts at a random point of the ball", async () => {
  const classifier = randomLinear(4, 5);
  const images = greyImages(2);
  const labels = [...await ownLabels(classifier, images)];
  const ball = { norm: "linf", epsilon: 0.01 } as const;
  const samples = [];
  for (const seed of ["a", "b"]) {
    const random = seedrandom(seed) as () => number;
    const result = await pgd(1).stages[0].run(classifier, images, labels, ball, random);
    samples.push(await result.samples.data());
    tf.dispose([result.samples, result.logits]);
  }
  images.dispose();
  assertNotEquals(samples[0], samples[1]);
});

onUsableBackends(
  "robustAccuracy() attacks an image from the same start whatever other images are classified correctly",
  async () => {
    const classifier = randomLinear(4, 5);
    const images = greyImages(6);
    const labels = Array.from(await ownLabels(classifier, images));
    const startsOf = async (labels: number[]) => {
      const starts: number[] = [];
      const record = attackOf((classifier, images, own, _ball, random) => {
        starts.push(...own.map(() => random()));
        return Promise.resolve({ samples: tf.clone(images), logits: classifier.logits(images) });
      }, "record");
      const set = { images, labels };
      await robustAccuracy(classifier, set, { linf: [1], l2: [] }, { attacks: [record] });
      return starts;
    };
    const all = await startsOf(labels);
    assertEquals(new Set(all).size, 6);
    const withoutOne = await startsOf(labels.with(1, (labels[1] + 1) % 4));
    assertEquals(withoutOne, all.toSpliced(1, 1));
    images.dispose();
  },
);

onUsableBackends(
  "robustAccuracy() has rows that depend on the seed and on no other row",
  async () => {
    const classifier = randomLinear(4, 5);
    const images = greyImages(30);
    const labels = await ownLabels(classifier, images);
    const measure = (options: Parameters<typeof robustAccuracy>[2], attacks = QUICK) =>
      robustAccuracy(classifier, { images, labels }, { linf: [], l2: [], ...options }, { attacks });
    // Random points instead of an attack, so that the accuracies depend on the random numbers.
    const guess = attackOf((classifier, images, _labels, { epsilon }, random) => {
      const by = Array.from({ length: images.shape[0] }, () => (2 * random() - 1) * epsilon);
      const samples: tf.Tensor4D = tf.tidy(() =>
        tf.add(images, tf.tensor4d(by, [by.length, 1, 1, 1]))
      );
      return Promise.resolve({ samples, logits: classifier.logits(samples) });
    }, "guess");
    const all = await measure({ linf: [10, 20, 40], l2: [0.1] }, [...QUICK, pgd(2)]);
    const some = await measure({ linf: [20] });
    for (const { attack, accuracy } of some.rows) {
      const same = all.rows.find((row) => row.attack === attack && row.epsilon === 20)!;
      assertEquals(accuracy, same.accuracy);
    }
    const guesses = await Promise.all(
      [1, 1, 2, 3, 4].map(async (seed) => {
        const { rows } = await measure({ linf: [5, 10, 20, 40, 50], seed }, [guess]);
        return rows.map(({ accuracy }) => accuracy);
      }),
    );
    assertEquals(guesses[0], guesses[1]);
    assert(guesses.slice(2).some((other) => String(other) !== String(guesses[0])));
    images.dispose();
  },
);

onUsableBackends(
  "robustAccuracy() is NaN for no image, and 0 or 1 for a single one",
  async () => {
    const classifier = randomLinear(4, 5);
    const none = tf.zeros([0, 2, 2, 1]) as tf.Tensor4D;
    const empty = await robustAccuracy(classifier, { images: none, labels: [] }, {
      linf: [1],
      l2: [],
    });
    assertEquals(empty.clean, { accuracy: NaN, interval: null, images: 0 });
    assertEquals(empty.rows.map(({ accuracy, interval }) => [accuracy, interval]), [
      [NaN, null],
      [NaN, null],
      [NaN, null],
    ]);
    assertEquals([empty.warnings, empty.rows.flatMap(({ warnings }) => warnings)], [[], []]);
    const one = greyImages(1);
    const labels = await ownLabels(classifier, one);
    const single = await robustAccuracy(classifier, { images: one, labels }, {
      linf: [0.05, 50],
      l2: [],
    }, {
      attacks: QUICK,
    });
    assertEquals(accuracies(single)["FGSM linf"], [1, 0]);
    assertEquals(single.rows[0].interval, wilsonInterval(1, 1));
    tf.dispose([none, one]);
  },
);

onUsableBackends(
  "robustAccuracy() attacks no image if the classifier is wrong on all of them",
  async () => {
    const images = greyImages(3);
    const attack = attackOf(() => Promise.reject(new Error("attacked")));
    const set = { images, labels: [1, 2, 3] };
    const { clean, rows } = await robustAccuracy(constantClassifier([0, -1, -2, -3]), set, {}, {
      attacks: [attack],
    });
    images.dispose();
    assertEquals([clean.accuracy, ...new Set(rows.map(({ accuracy }) => accuracy))], [0, 0]);
  },
);

onUsableBackends(
  "robustAccuracy() attacks in each stage only images that withstood the stages before",
  async () => {
    const classifier = randomLinear(4, 5);
    const images = greyImages(12);
    const labels = await ownLabels(classifier, images);
    labels[5] = (labels[5] + 1) % 5;
    const seen: number[][] = [];
    const spy = (epsilonShare: number): RobustnessStage => ({
      name: `${epsilonShare}`,
      run(classifier, images, labels, ball, random) {
        seen.push([...labels]);
        const part = { ...ball, epsilon: epsilonShare * ball.epsilon };
        return fgsm.stages[0].run(classifier, images, labels, part, random);
      },
    });
    const attack = { name: "two", stages: [spy(0.3), spy(1)] };
    const { rows } = await robustAccuracy(classifier, { images, labels }, { linf: [40], l2: [] }, {
      attacks: [attack],
    });
    images.dispose();
    assertEquals(seen[0], [...labels].filter((_, i) => i !== 5));
    assert(seen[1].length < seen[0].length && seen[1].length > 0, `${seen[1].length} in stage two`);
    assert(12 * rows[0].accuracy < seen[1].length);
  },
);

onUsableBackends(
  "robustAccuracy() classifies the samples itself and ignores the attack's logits",
  async () => {
    const classifier = randomLinear(4, 4);
    const images = greyImages(5);
    const labels = await ownLabels(classifier, images);
    const boast = attackOf((_classifier, images) =>
      Promise.resolve({ samples: tf.clone(images), logits: tf.zeros([images.shape[0], 4]) })
    );
    const { rows } = await robustAccuracy(classifier, { images, labels }, { linf: [1], l2: [] }, {
      attacks: [boast],
    });
    images.dispose();
    assertEquals(rows[0].accuracy, 1);
  },
);

onUsableBackends(
  "robustAccuracy() reports its progress, and stops when its signal is aborted",
  async () => {
    const classifier = randomLinear(4, 4);
    const images = greyImages(10);
    const labels = await ownLabels(classifier, images);
    labels[0] = (labels[0] + 1) % 4;
    const seen: RobustnessProgress[] = [];
    const options = { linf: [4, 30], l2: [], batchSize: 4 };
    await robustAccuracy(classifier, { images, labels }, options, {
      attacks: QUICK,
      onProgress: (progress) => seen.push(progress),
    });
    const done = seen.map((progress) => progress.done);
    assertEquals(done, done.toSorted((a, b) => a - b));
    assertEquals(seen.at(-1), {
      attack: "APGD ensemble",
      norm: "linf",
      epsilon: 30,
      done: 54,
      total: 54,
    });
    const abort = new AbortController();
    let reports = 0;
    const stopped = robustAccuracy(classifier, { images, labels }, options, {
      attacks: QUICK,
      signal: abort.signal,
      onProgress: () => ++reports === 2 && abort.abort(),
    });
    await assertRejects(() => stopped, DOMException, "aborted");
    assertEquals(reports, 2);
    images.dispose();
  },
);
