import type * as tf from "@tensorflow/tfjs";
import { type AttackProblem, attackProblem, MEAN_NORM, settingOf } from "./attack_problem.ts";
import {
  compareEntries,
  compareRelative,
  type Comparison,
  type EntryTolerances,
} from "./compare.ts";
import type { GoldenFolder } from "./golden_folder.ts";
import { mean } from "../analysis/statistics/interval.ts";
import type { AttackResult } from "../attack/attack.ts";
import { carliniWagnerAttack } from "../attack/carlini_wagner.ts";
import { deepFoolAttack } from "../attack/deepfool.ts";
import { fgsmAttack, pgdAttack } from "../attack/pgd.ts";
import { Held } from "../tensors/held.ts";
import { mostProbableOthers } from "../tensors/rows.ts";
import type { Norm } from "../attack/ball.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { UserError } from "../user_error.ts";

/** Tolerances for one step: a gradient's sign may differ where it is near zero. */
const ONE_STEP = { samples: 1, entries: 1e-3, difference: 1e-4 };
/**
 * Tolerances for many steps. The reference is float64. After ten steps, 25 (L∞) and 29 (L2) of 32
 * samples of PyTorch's own float32 differ from it by more than one step's tolerance. With a
 * cross-entropy gradient free of cancellation, as here, 2 to 4 and 6 do.
 */
const MANY_STEPS = { ...ONE_STEP, samples: 0.5 };
/**
 * Two logits closer than this are on the boundary, and rounding decides the side. The reference's
 * DeepFool samples are so close that some of them, stored in float32, are back in their class.
 */
const ON_THE_BOUNDARY = 1e-3;

type RunAttack = (
  classifier: FrozenClassifier,
  images: tf.Tensor4D,
  labels: ArrayLike<number>,
  settings: Settings,
) => Promise<AttackResult>;

/** Reads a number in a name: "pgd_linf_eps8_a2_s10_norandom" has eps 8, a 2 and s 10. */
type Settings = (name: string) => number;

/** The attacks by the beginning of their tensors' names. For L∞, ε and steps are in 1/255. */
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
      // The reference adds 1e-10 to the gradient of the mean over the batch.
      gradientFloor: 1e-10 * images.shape[0],
    });
}

/** Compares attacks with those of a PyTorch library on the same images, pixels in 0…1. */
export async function* compareAttacks(folder: GoldenFolder): AsyncIterable<Comparison> {
  using problem = await attackProblem(folder);
  const { golden } = problem;
  const names = golden.names("").filter((name) => golden.tensor(name).shape.length === 4)
    .filter((name) => name !== "images_u8");
  for (const name of names) yield* compareAttack(name, problem);
}

async function* compareAttack(
  name: string,
  { golden, classifier, images }: AttackProblem,
): AsyncIterable<Comparison> {
  const kind = Object.keys(ATTACKS).find((beginning) => name.startsWith(`${beginning}_`));
  if (!kind) {
    throw new UserError(
      `there is no attack for tensor "${name}"; its name must begin with one of ${
        Object.keys(ATTACKS).join(", ")
      }`,
    );
  }
  const { run, pixels } = ATTACKS[kind];
  const labels = golden.data("labels");
  using held = new Held();
  const result = await run(classifier, images, labels, (setting) => settingOf(name, setting));
  for (const tensor of [result.samples, result.logits]) held.keep(tensor);
  if (pixels) {
    const actual = await result.samples.data();
    yield compareEntries(name, actual, golden.nhwc(name).data, labels.length, pixels);
  }
  const l2 = golden.data(`${name}.l2`);
  yield compareRelative(
    `${name}, mean norm`,
    [mean([...result.norms])],
    [mean(Array.from(l2))],
    MEAN_NORM,
  );
  const theirLogits = held.keep(classifier.logits(held.keep(golden.tensor4d(name))));
  const fooledByThem = fooled(await theirLogits.data(), labels);
  golden.data(`${name}.predicted`).forEach((top, i) => fooledByThem[i] ||= top !== labels[i]);
  yield compareRelative(
    `${name}, share fooled`,
    [mean(fooled(await result.logits.data(), labels).map(Number))],
    [mean(fooledByThem.map(Number))],
    0,
  );
}

/** True for each row of logits whose label no longer leads by more than rounding. */
function fooled(logits: ArrayLike<number>, labels: ArrayLike<number>): boolean[] {
  const classes = logits.length / labels.length;
  const others = mostProbableOthers(logits, classes, labels);
  return others.map(([rival], i) =>
    logits[i * classes + labels[i]] - logits[i * classes + rival] <= ON_THE_BOUNDARY
  );
}
