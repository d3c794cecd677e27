import type * as tf from "@tensorflow/tfjs";
import { apgdAttack, DLR_CLASSES } from "../../attack/apgd.ts";
import type { AttackResult } from "../../attack/attack.ts";
import type { Norm } from "../../attack/ball.ts";
import { fabAttack } from "../../attack/fab.ts";
import { fgsmAttack, pgdAttack } from "../../attack/pgd.ts";
import { squareAttack } from "../../attack/square.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { integer, type Options, resolveOptions } from "../../options.ts";

/** An attack within a ball. Pixels stay in 0…1, and `epsilon` has their units. */
export interface RobustnessStage {
  /** The name, which separates its random numbers from those of other stages. */
  readonly name: string;
  /** The smallest number of classes; with fewer, the stage is left out. */
  readonly leastClasses?: number;
  /**
   * Attacks images that the classifier gets right.
   *
   * @param images `[n, h, w, c]`, pixels in 0…1; they stay the caller's
   * @param random gives one number in [0, 1) for each image, and no more
   * @returns new tensors, `[n, h, w, c]` and `[n, classes]`, which the caller disposes of
   */
  run(
    classifier: FrozenClassifier,
    images: tf.Tensor4D,
    labels: readonly number[],
    ball: { readonly norm: Norm; readonly epsilon: number },
    random: () => number,
  ): Promise<Pick<AttackResult, "samples" | "logits">>;
}

/** An attack of `robustAccuracy`; each stage attacks the images that withstood those before. */
export interface RobustnessAttack {
  readonly name: string;
  readonly stages: readonly RobustnessStage[];
}

/** The fast gradient sign method (Goodfellow et al. 2015); for L2, one step along the gradient. */
export const fgsm: RobustnessAttack = {
  name: "FGSM",
  stages: [{
    name: "fgsm",
    run: (classifier, images, labels, ball) => fgsmAttack(classifier, images, { labels }, ball),
  }],
};

/**
 * Makes projected gradient descent (Madry et al. 2018) from a random point of the ball, with steps
 * of ε/4. A sample counts as fallen as soon as the classifier is wrong on it, not only after the
 * last step.
 */
export function pgd(maxSteps = 20): RobustnessAttack {
  return {
    name: `PGD-${maxSteps}`,
    stages: [{
      name: "pgd",
      run: (classifier, images, labels, ball, random) =>
        pgdAttack(
          classifier,
          images,
          { labels },
          { ...ball, maxSteps, stepSize: 0.25, randomStart: true, earlyStop: true },
          { random },
        ),
    }],
  };
}

const ensembleOptions = {
  /** The steps of each attack */
  maxSteps: integer(100, { min: 1 }),
  /** The number of most probable other classes that a targeted attack tries */
  candidates: integer(9, { min: 1 }),
};

const autoAttackOptions = {
  ...ensembleOptions,
  /** The passes of an image in the Square attack */
  queries: integer(5000, { min: 1 }),
};

/**
 * Makes the two Auto-PGD attacks of AutoAttack's standard version (Croce and Hein 2020): on the
 * cross-entropy, then on the targeted DLR loss for the 9 most probable other classes in turn.
 * If gradients are masked, as the checks of `robustAccuracy` may warn, the whole
 * {@linkcode autoAttack} finds more.
 */
export function apgdEnsemble(
  options: Partial<Options<typeof ensembleOptions>> = {},
): RobustnessAttack {
  const { maxSteps, candidates } = resolveOptions("apgdEnsemble", ensembleOptions, options);
  const stage =
    (loss: "ce" | "dlr"): RobustnessStage["run"] => (classifier, images, labels, ball, random) =>
      apgdAttack(
        classifier,
        images,
        { labels },
        { ...ball, maxSteps, candidates, loss },
        { random },
      );
  return {
    name: "APGD ensemble",
    stages: [
      { name: "apgd-ce", run: stage("ce") },
      { name: "apgd-dlr", leastClasses: DLR_CLASSES, run: stage("dlr") },
    ],
  };
}

/**
 * Makes AutoAttack's standard version (Croce and Hein 2020): the two Auto-PGD attacks, FAB-T for the 9
 * most probable other classes, then the black-box Square attack. An image that withstands takes some
 * 7,000 passes forward and 2,000 back.
 */
export function autoAttack(
  options: Partial<Options<typeof autoAttackOptions>> = {},
): RobustnessAttack {
  const { maxSteps, candidates, queries } = resolveOptions(
    "autoAttack",
    autoAttackOptions,
    options,
  );
  return {
    name: "AutoAttack",
    stages: [
      ...apgdEnsemble({ maxSteps, candidates }).stages,
      {
        name: "fab-t",
        run: (classifier, images, labels, ball) =>
          fabAttack(classifier, images, { labels }, { ...ball, maxSteps, candidates }),
      },
      {
        name: "square",
        run: (classifier, images, labels, ball, random) =>
          squareAttack(classifier, images, { labels }, { ...ball, maxSteps: queries }, { random }),
      },
    ],
  };
}

/** The default attacks of `robustAccuracy`, weak to strong. */
export const robustnessAttacks: readonly RobustnessAttack[] = [fgsm, pgd(), apgdEnsemble()];
