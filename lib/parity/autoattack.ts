import seedrandom from "seedrandom";
import * as tf from "@tensorflow/tfjs";
import { type AttackProblem, attackProblem, MEAN_NORM, settingOf } from "./attack_problem.ts";
import { compareRelative, compareShares, type Comparison } from "./compare.ts";
import type { GoldenFolder } from "./golden_folder.ts";
import { mean } from "../analysis/statistics/interval.ts";
import { median } from "../analysis/statistics/median_interval.ts";
import { type Norm, sizes } from "../attack/ball.ts";
import { fabAttack } from "../attack/fab.ts";
import { squareAttack } from "../attack/square.ts";

/**
 * Compares FAB and Square, on the images of the other attacks, with code that was written apart from
 * ours. FAB draws nothing: norms agree, and so does the share that a ball of the median norm breaks.
 * Square draws: the share broken in several runs agrees within its binomial interval.
 */
export async function* compareAutoAttack(folder: GoldenFolder): AsyncIterable<Comparison> {
  const golden = await folder.read("autoattack.safetensors");
  using problem = await attackProblem(folder);
  for (const name of golden.names("")) {
    const expected = Array.from(golden.data(name));
    yield* name.startsWith("fab_")
      ? compareFab(name, expected, problem)
      : compareSquare(name, expected, problem);
  }
}

/** @param expected the norms of the reference's perturbations, in the norm of the attack */
async function* compareFab(
  name: string,
  expected: number[],
  { golden, classifier, images }: AttackProblem,
): AsyncIterable<Comparison> {
  const norm = normOf(name);
  const result = await fabAttack(classifier, images, { labels: golden.data("labels") }, {
    norm,
    maxSteps: settingOf(name, "s"),
    candidates: settingOf(name, "k"),
  });
  const lengths = tf.tidy(() => sizes(tf.sub(result.samples, images) as tf.Tensor4D, norm));
  const norms = Array.from(
    await lengths.data(),
    (length, i) => result.success[i] ? length : Infinity,
  );
  tf.dispose([result.samples, result.logits, lengths]);
  yield compareRelative(`${name}, mean norm`, [mean(norms)], [mean(expected)], MEAN_NORM);
  const radius = median(expected);
  const broken = [norms, expected].map((list) => [
    mean(list.map((length) => Number(length <= radius))),
  ]);
  yield compareRelative(`${name}, share broken`, broken[0], broken[1], 0);
}

/** @param expected 1 for each image that the reference broke, in several runs one after the other */
async function* compareSquare(
  name: string,
  expected: number[],
  { golden, classifier, images }: AttackProblem,
): AsyncIterable<Comparison> {
  const norm = normOf(name);
  const random = seedrandom(name) as () => number;
  const broken: boolean[] = [];
  while (broken.length < expected.length) {
    const result = await squareAttack(classifier, images, { labels: golden.data("labels") }, {
      norm,
      epsilon: settingOf(name, "eps") / (norm === "linf" ? 255 : 1),
      maxSteps: settingOf(name, "s"),
    }, { random });
    broken.push(...result.success);
    tf.dispose([result.samples, result.logits]);
  }
  yield compareShares(`${name}, share broken`, broken, expected);
}

/** Reads the norm in a name: "fab_linf_s10_k3". */
function normOf(name: string): Norm {
  return name.includes("_linf_") ? "linf" : "l2";
}
