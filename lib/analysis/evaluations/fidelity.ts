import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { type Evaluation, type Measurement, measurement, remembered } from "./evaluation.ts";
import type { Estimate } from "../statistics/estimate.ts";
import { type Fidelity, fidelityOf } from "../fidelity/fidelity.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { bssAttack, bssAttackOptions } from "../../attack/bss.ts";
import { withNoise } from "../../attack/noise.ts";
import type { Dataset } from "../../data/dataset.ts";
import { type FrozenClassifier, readLogits } from "../../nn/frozen_classifier.ts";
import { integer, type Options } from "../../options.ts";
import { sampleTargetClasses } from "../../selection/target_classes.ts";
import { stopPoint } from "../../stop/until_stopped.ts";
import { gatherRows, topClasses } from "../../tensors/rows.ts";
import { imageTensor } from "../../training/batches.ts";
import { testSample } from "../../training/run_specification.ts";

const options = {
  /** The largest number of test images. */
  images: integer(1000, { min: 1 }),
  /** The seed of target classes and noise. Each image has streams of its own. */
  seed: integer(1),
  /** The options of the attack that makes BSS on the teacher. */
  ...bssAttackOptions,
};

type FidelityOptions = Options<typeof options>;

/**
 * Fidelity to the teacher and calibration (Stanton et al. 2021, Guo et al. 2017): on test images, on
 * boundary supporting samples (BSS) of the images that the teacher gets right, made on the teacher,
 * and on the same images with noise that is, before the clamp, as long as their BSS. Samples keep the
 * label of their image, and all count, whatever their outcome.
 */
export const fidelity: Evaluation<typeof options> = {
  name: "fidelity",
  options,
  // Three steps of the attack, forward and back, and a pass over each of the samples.
  passes: ({ images }) => ({ student: 3 * images, teacher: 9 * images }),
  async measure(given, { student, teacher, dataset, memory = new Map() }) {
    const key = `fidelity ${JSON.stringify(given)}`;
    const batches = await remembered(memory, key, () => teachersBatches(given, teacher, dataset));
    const measurements: Measurement[] = [];
    for (const kind of KINDS) {
      const samples = batches.flatMap((batch) => batch[kind] ?? []);
      const students: number[] = [];
      for (const { pixels, shape } of samples) {
        await stopPoint();
        const logits = await readLogits(student, () => tf.tensor4d(pixels, shape));
        for (const logit of logits) students.push(logit);
      }
      const teachers = samples.flatMap(({ logits }) => [...logits]);
      const labels = samples.flatMap(({ labels }) => labels);
      const random = seedrandom(`${given.seed}/fidelity/bootstrap/${kind}`) as () => number;
      const found = fidelityOf(teachers, students, labels, teacher.classes, random);
      measurements.push(...measurementsOf(kind, found));
    }
    return { measurements };
  },
};

/** The number of images that are attacked at once. */
const BATCH = 256;

/** The samples that fidelity is measured on. */
const KINDS = ["test", "bss", "noise"] as const;

/** Samples with the labels of their images, and the teacher's logits on them. */
interface Samples {
  readonly labels: readonly number[];
  readonly shape: tf.Tensor4D["shape"];
  readonly pixels: Float32Array;
  readonly logits: Float32Array;
}

/** A kind without samples is left out. */
type SamplesByKind = { readonly [K in typeof KINDS[number]]?: Samples };

/** Makes the samples of all images, in batches. They do not depend on the student. */
async function teachersBatches(
  options: FidelityOptions,
  teacher: FrozenClassifier,
  dataset: Dataset,
): Promise<SamplesByKind[]> {
  const sample = testSample(dataset, options.images);
  const batches: SamplesByKind[] = [];
  for (let from = 0; from < sample.count; from += BATCH) {
    await stopPoint();
    const rows = Array.from({ length: Math.min(BATCH, sample.count - from) }, (_, k) => from + k);
    const images = imageTensor(dataset, sample, rows);
    const labels = rows.map((row) => sample.labels[row]);
    try {
      batches.push(await samplesOf(images, rows, labels, teacher, options));
    } finally {
      images.dispose();
    }
  }
  return batches;
}

/** @param rows the indices of the images, which name their random streams */
async function samplesOf(
  images: tf.Tensor4D,
  rows: readonly number[],
  labels: readonly number[],
  teacher: FrozenClassifier,
  { seed, images: _, ...attack }: FidelityOptions,
): Promise<SamplesByKind> {
  const judged = async (inputs: tf.Tensor4D, labels: readonly number[]): Promise<Samples> => {
    const pixels = await inputs.data<"float32">();
    return { labels, shape: inputs.shape, pixels, logits: await readLogits(teacher, () => inputs) };
  };
  const test = await judged(images, labels);
  const top = topClasses(test.logits, teacher.classes);
  const right = [...rows.keys()].filter((i) => top[i] === labels[i]);
  if (right.length === 0) return { test };

  const stream = (name: string, i: number) => `${seed}/fidelity/${name}/${rows[i]}`;
  const base = right.map((i) => labels[i]);
  const uniform = right.map((i) => Number(seedrandom(stream("target class", i))()));
  const baseLogits = tf.tidy(() =>
    gatherRows(tf.tensor2d(test.logits, [rows.length, teacher.classes]), right)
  );
  const baseImages = gatherRows(images, right);
  const made: tf.Tensor[] = [baseLogits, baseImages];
  try {
    const targets = await sampleTargetClasses(baseLogits, base, uniform);
    const found = await bssAttack(teacher, baseImages, { labels: base, targets }, attack);
    made.push(found.samples, found.logits);
    const bss = await judged(found.samples, base);

    const streams = right.map((i) => seedrandom.alea(stream("noise", i)) as () => number);
    const noisy = withNoise(baseImages, found.norms, streams, attack.clamp);
    made.push(noisy);
    return { test, bss, noise: await judged(noisy, base) };
  } finally {
    tf.dispose(made);
  }
}

/**
 * Names measures: "agreement_test" is the agreement on test images, "accuracy_bin14_test" the accuracy
 * of those predictions on them whose confidence is in the last bin.
 */
function measurementsOf(kind: string, found: Fidelity): Measurement[] {
  const named: readonly [string, Estimate][] = [
    ["agreement", found.agreement],
    ["kl", found.divergence],
    ["ece", found.calibrationError],
    ["adaptive_ece", found.adaptiveCalibrationError],
    ["nll", found.negativeLogLikelihood],
  ];
  const measured = (name: string, found: Estimate) => measurement(`${name}_${kind}`, found);
  return [
    ...named.map(([name, estimate]) => measured(name, estimate)),
    ...found.reliability.flatMap(({ confidence, right, n }, bin) => {
      const valueOf = (value: number) => n > 0 ? value : null;
      const accuracy = { value: valueOf(right / n), interval: wilsonInterval(right, n), n };
      return [
        measured(`confidence_bin${bin}`, { value: valueOf(confidence), interval: null, n }),
        measured(`accuracy_bin${bin}`, accuracy),
      ];
    }),
  ];
}
