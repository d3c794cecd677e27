import * as tf from "@tensorflow/tfjs";
import {
  compareEntries,
  compareRelative,
  type Comparison,
  type EntryTolerances,
} from "./compare.ts";
import { type GoldenFile, type GoldenFolder, NORMALISATION } from "./golden_folder.ts";
import { mean } from "../analysis/statistics/interval.ts";
import type { AttackResult } from "../attack/attack.ts";
import { carliniWagnerAttack } from "../attack/carlini_wagner.ts";
import { deepFoolAttack } from "../attack/deepfool.ts";
import { fgsmAttack, pgdAttack } from "../attack/pgd.ts";
import { mostProbableOthers } from "../tensors/rows.ts";
import { pixelClassifier } from "../attack/pixel_space.ts";
import type { Norm } from "../attack/ball.ts";
import { freeze } from "../nn/freeze.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { readResNet } from "../nn/weights_file.ts";
import { UserError } from "../user_error.ts";

/** A sign of a gradient near zero may differ. */
const ONE_STEP = { samples: 1, entries: 1e-3, difference: 1e-4 };
/**
 * After ten steps PyTorch's own float32 has 25 (L∞) and 29 (L2) of 32 samples further than that from its
 * float64, of which the reference is; 2 to 4 and 6 where the cross-entropy's gradient is taken without
 * cancellation, as it is here.
 */
const MANY_STEPS = { ...ONE_STEP, samples: 0.5 };
const NORM = 0.02;
/**
 * Logits closer than this are on the boundary, on which side is rounding: the reference's samples of
 * DeepFool lie so near that stored in float32 some of them are back in their class.
 */
const ON_THE_BOUNDARY = 1e-3;

type RunAttack = (
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  labels: ArrayLike<number>,
  settings: Settings,
) => Promise<AttackResult>;

/** The numbers in a name: "pgd_linf_eps8_a2_s10_norandom" has eps 8, a 2 and s 10. */
type Settings = (name: string) => number;

/** What is compared, by the beginning of its name in the file. ε and steps of L∞ are in 1/255. */
const ATTACKS: Record<string, { readonly run: RunAttack; readonly pixels?: EntryTolerances }> = {
  fgsm: {
    pixels: ONE_STEP,
    run: (classifier, images, labels, setting) =>
      fgsmAttack(classifier, images, { labels }, { epsilon: setting("eps") / 255 }),
  },
  pgd_linf: { pixels: MANY_STEPS, run: pgd("linf", 255) },
  pgd_l2: { pixels: MANY_STEPS, run: pgd("l2", 1) },
  deepfool: {
    run: (classifier, images, labels, setting) =>
      deepFoolAttack(classifier, images, { labels }, {
        maxSteps: setting("s"),
        overshoot: setting("overshoot"),
      }),
  },
  cw_l2: {
    run: (classifier, images, labels, setting) =>
      carliniWagnerAttack(classifier, images, { labels }, {
        initialConstant: setting("c"),
        confidence: setting("k"),
        maxSteps: setting("s"),
        learningRate: setting("lr"),
        searchSteps: 1,
      }),
  },
};

function pgd(norm: Norm, unit: number): RunAttack {
  return (classifier, images, labels, setting) =>
    pgdAttack(classifier, images, { labels }, {
      norm,
      epsilon: setting("eps") / unit,
      stepSize: setting("a") / setting("eps"),
      maxSteps: setting("s"),
      // 1e-10 to the gradient of the mean over the batch
      gradientFloor: 1e-10 * images.shape[0],
    });
}

/** Attacks of a PyTorch library on the same images in 0…1. */
export async function* compareAttacks(folder: GoldenFolder): AsyncIterable<Comparison> {
  const golden = await folder.read("attacks.safetensors");
  const { network } = await readResNet(folder.networkFile("teacher"));
  const teacher = freeze(network);
  network.dispose();
  const classifier = pixelClassifier(teacher, NORMALISATION);
  const { data, shape } = golden.nhwc("images_u8");
  const images = tf.tensor4d(Float32Array.from(data, (value) => value / 255), shape);
  const names = golden.names("").filter((name) => golden.tensor(name).shape.length === 4)
    .filter((name) => name !== "images_u8");
  for (const name of names) yield* compareAttack(name, golden, classifier, images);
  images.dispose();
  teacher.dispose();
}

async function* compareAttack(
  name: string,
  golden: GoldenFile,
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
): AsyncIterable<Comparison> {
  const kind = Object.keys(ATTACKS).find((beginning) => name.startsWith(`${beginning}_`));
  if (!kind) {
    throw new UserError(
      `there is no attack for "${name}"; known are ${Object.keys(ATTACKS).join(", ")}`,
    );
  }
  const { run, pixels } = ATTACKS[kind];
  const labels = golden.data("labels");
  const result = await run(classifier, images, labels, (setting) => settingOf(name, setting));
  const expected = golden.nhwc(name);
  if (pixels) {
    const actual = await result.samples.data();
    yield compareEntries(name, actual, expected.data, labels.length, pixels);
  }
  const l2 = golden.data(`${name}.l2`);
  yield compareRelative(
    `${name}, mean norm`,
    [mean([...result.norms])],
    [mean(Array.from(l2))],
    NORM,
  );
  const theirs = tf.tensor4d(expected.data as Float32Array, expected.shape);
  const theirLogits = classifier.logits(theirs);
  const fooledByThem = fooled(await theirLogits.data(), labels);
  golden.data(`${name}.predicted`).forEach((top, i) => fooledByThem[i] ||= top !== labels[i]);
  yield compareRelative(
    `${name}, share fooled`,
    [mean(fooled(await result.logits.data(), labels).map(Number))],
    [mean(fooledByThem.map(Number))],
    0,
  );
  tf.dispose([result.samples, result.logits, theirs, theirLogits]);
}

/** For each row of logits whether its label no longer leads, or by no more than rounding does. */
function fooled(logits: ArrayLike<number>, labels: ArrayLike<number>): boolean[] {
  const classes = logits.length / labels.length;
  const others = mostProbableOthers(logits, classes, labels);
  return others.map(([rival], i) =>
    logits[i * classes + labels[i]] - logits[i * classes + rival] <= ON_THE_BOUNDARY
  );
}

function settingOf(name: string, setting: string): number {
  const value = new RegExp(`_${setting}([0-9.]+)(_|$)`).exec(name)?.[1];
  if (value === undefined) throw new UserError(`"${name}" doesn't say its ${setting}`);
  return Number(value);
}
