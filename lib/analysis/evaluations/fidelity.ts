import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import {
  type Evaluation,
  type EvaluationContext,
  type Measurement,
  testSample,
} from "./evaluation.ts";
import type { Estimate } from "../boundary/estimate.ts";
import { type Fidelity, fidelityOf } from "../fidelity/fidelity.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { randomDirections } from "../../attack/ball.ts";
import { bssAttack, type BssAttackOptions, bssAttackOptions } from "../../attack/bss.ts";
import { clampPixels } from "../../attack/pixel_space.ts";
import type { ImageSet } from "../../data/dataset.ts";
import { integer } from "../../options.ts";
import { sampleTargetClasses } from "../../selection/target_classes.ts";
import { stopPoint } from "../../stop/until_stopped.ts";
import { gatherRows, scaleRows, topClasses } from "../../tensors/rows.ts";
import { imageTensor } from "../../training/batches.ts";

const options = {
  /** The largest number of test images. */
  images: integer(1000, { min: 1 }),
  /** The seed of target classes and noise. Each image has streams of its own. */
  seed: integer(1),
  /** The options of the attack that makes BSS on the teacher. */
  ...bssAttackOptions,
};

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
  async measure({ images: count, seed, ...attack }, { student, teacher, dataset }) {
    const sample = testSample(dataset, count);
    const samples = emptySamples();
    for (let from = 0; from < sample.count; from += BATCH) {
      await stopPoint();
      const rows = Array.from({ length: Math.min(BATCH, sample.count - from) }, (_, k) => from + k);
      const images = imageTensor(dataset, sample, rows);
      await addSamples(samples, images, rows, { sample, attack, seed, student, teacher });
      images.dispose();
    }
    return {
      measurements: KINDS.flatMap((kind) => {
        const { labels, teachers, students } = samples[kind];
        const random = seedrandom(`${seed}/fidelity/bootstrap/${kind}`) as () => number;
        const found = fidelityOf(teachers, students, labels, teacher.classes, random);
        return measurementsOf(kind, found);
      }),
    };
  },
};

/** The number of images that are attacked at once. */
const BATCH = 256;

/** The samples that fidelity is measured on. */
const KINDS = ["test", "bss", "noise"] as const;

/** The labels of samples, and both networks' logits, row by row. */
interface Samples {
  readonly labels: number[];
  readonly teachers: number[];
  readonly students: number[];
}

type SamplesByKind = Readonly<Record<typeof KINDS[number], Samples>>;

function emptySamples(): SamplesByKind {
  const none = (): Samples => ({ labels: [], teachers: [], students: [] });
  return { test: none(), bss: none(), noise: none() };
}

/** Adds a batch of images and the samples that are made of it. */
async function addSamples(
  samples: SamplesByKind,
  images: tf.Tensor4D,
  rows: readonly number[],
  { sample, attack, seed, student, teacher }: Pick<EvaluationContext, "student" | "teacher"> & {
    readonly sample: ImageSet;
    readonly attack: BssAttackOptions;
    readonly seed: number;
  },
): Promise<void> {
  const add = async (
    { labels, teachers, students }: Samples,
    inputs: tf.Tensor4D,
    own: readonly number[],
  ) => {
    const logits = [teacher.logits(inputs), student.logits(inputs)];
    const [theirs, ours] = await Promise.all(logits.map((tensor) => tensor.data()));
    tf.dispose(logits);
    labels.push(...own);
    for (const logit of theirs) teachers.push(logit);
    for (const logit of ours) students.push(logit);
    return theirs;
  };
  const labels = rows.map((row) => sample.labels[row]);
  const logits = await add(samples.test, images, labels);
  const top = topClasses(logits, teacher.classes);
  const right = [...rows.keys()].filter((i) => top[i] === labels[i]);
  if (right.length === 0) return;

  const stream = (name: string, i: number) => `${seed}/fidelity/${name}/${rows[i]}`;
  const base = right.map((i) => labels[i]);
  const uniform = right.map((i) => Number(seedrandom(stream("target class", i))()));
  const teacherLogits = tf.tensor2d(Float32Array.from(logits), [rows.length, teacher.classes]);
  const baseLogits = gatherRows(teacherLogits, right);
  const targets = await sampleTargetClasses(baseLogits, base, uniform);
  const baseImages = gatherRows(images, right);
  const bss = await bssAttack(teacher, baseImages, { labels: base, targets }, attack);
  await add(samples.bss, bss.samples, base);

  const streams = right.map((i) => seedrandom.alea(stream("noise", i)) as () => number);
  const noisy = tf.tidy(() => {
    const noise = scaleRows(randomDirections(baseImages.shape, streams), tf.tensor1d(bss.norms));
    return clampPixels(tf.add(baseImages, noise) as tf.Tensor4D, attack.clamp);
  });
  await add(samples.noise, noisy, base);
  tf.dispose([teacherLogits, baseLogits, baseImages, bss.samples, bss.logits, noisy]);
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
  const measured = (name: string, { value, interval, n }: Estimate): Measurement => {
    const [low, high] = interval ?? [null, null];
    return { measure: `${name}_${kind}`, value, low, high, n };
  };
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
