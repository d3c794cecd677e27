import { attackImages } from "./attack_images.ts";
import { filterInBatches } from "./batches.ts";
import { type Budget, type RobustAccuracyOptions, robustAccuracyOptions } from "./budget.ts";
import { cleanLogits } from "./clean_logits.ts";
import { checkModel } from "./model_checks.ts";
import { checkLabelledImages, type LabelledImages } from "./labelled_images.ts";
import { type RobustnessAttack, robustnessAttacks } from "./robustness_attack.ts";
import { type RobustnessRow, withWarnings } from "./robustness_row.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { checkClassifier } from "../../attack/attack_input.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { resolveOptions } from "../../options.ts";
import { topClasses } from "../../tensors/rows.ts";
import { UserError } from "../../user_error.ts";
import { untilStopped } from "../../stop/until_stopped.ts";

/** The context of `robustAccuracy`: everything besides its options. */
export interface RobustAccuracyContext {
  /** The attacks, weak to strong; default: FGSM, PGD-20 and the APGD ensemble. See `autoAttack`. */
  readonly attacks?: readonly RobustnessAttack[];
  /** Stops the work at the next batch or step of an attack. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RobustnessProgress) => void;
}

/** The progress: the current row, and the images done of the total over all rows. */
export interface RobustnessProgress extends Budget {
  readonly attack: string;
  readonly done: number;
  readonly total: number;
}

/** The result of {@linkcode robustAccuracy}. */
export interface RobustAccuracy {
  /** The accuracy without an attack. */
  readonly clean: Pick<RobustnessRow, "accuracy" | "interval" | "images">;
  /** One row for each attack, norm and ε, in this order. */
  readonly rows: readonly RobustnessRow[];
  /** Sentences about the classifier that make every row doubtful, from one batch of images. */
  readonly warnings: readonly string[];
}

/** Lists all warnings: those about the classifier, then those about a row, with its attack. */
export function doubtsOf({ rows, warnings }: RobustAccuracy): string[] {
  return [
    ...warnings,
    ...rows.flatMap((row) => row.warnings.map((warning) => `${row.attack}: ${warning}`)),
  ];
}

/**
 * Measures the share of images that a classifier still classifies correctly under attacks within a
 * ball.
 *
 * Images that it misclassifies without an attack count as wrong and are not attacked. A row's
 * accuracy depends on the seed, its attack and its ball, and on the batch size by rounding only. Its
 * warnings compare it with other rows. An attack can only show that a classifier is not robust: the
 * share is an upper bound of its robust accuracy.
 *
 * @param classifier takes pixels in 0…1; use `pixelClassifier` if yours takes normalised images
 * @param set pixels in 0…1 and labels; the tensor stays the caller's
 * @throws UserError for a bad option, image, label or attack, or logits that are not finite; also,
 *   naming attack and ε, for samples that leave the ball or 0…1 or are not finite
 * @throws DOMException "AbortError" if the signal aborts, or at Stop in a notebook
 */
export async function robustAccuracy(
  classifier: FrozenClassifier,
  set: LabelledImages,
  options: Partial<RobustAccuracyOptions> = {},
  { signal, ...context }: RobustAccuracyContext = {},
): Promise<RobustAccuracy> {
  return await untilStopped(signal, () => measure(classifier, set, options, context));
}

async function measure(
  classifier: FrozenClassifier,
  set: LabelledImages,
  options: Partial<RobustAccuracyOptions>,
  { attacks = robustnessAttacks, onProgress, ...others }: Omit<RobustAccuracyContext, "signal">,
): Promise<RobustAccuracy> {
  const settings = resolveOptions("robustAccuracy", robustAccuracyOptions, options);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new UserError(
      `robustAccuracy takes "attacks", "signal" and "onProgress" besides options, not "${unknown}"`,
    );
  }
  if (!Array.isArray(attacks) || !attacks.every(({ stages }) => Array.isArray(stages))) {
    throw new UserError(
      "the attacks of robustAccuracy must be a list, and each must have stages: " +
        "{ name, stages: [{ name, run }] }, as those of pgd(), apgdEnsemble() and autoAttack() have",
    );
  }
  checkClassifier(classifier);
  await checkLabelledImages(set, classifier.classes);
  const images = set.images.shape[0];
  const { batchSize } = settings;
  const right = await filterInBatches([...Array(images).keys()], batchSize, async (batch) => {
    const top = topClasses(await cleanLogits(classifier, set.images, batch), classifier.classes);
    return batch.filter((row, i) => top[i] === set.labels[row]);
  });
  const shareOf = ({ length }: readonly number[]) => ({
    accuracy: length / images,
    interval: wilsonInterval(length, images),
    images,
  });
  const clean = shareOf(right);
  const warnings = await checkModel(classifier, set, right.slice(0, batchSize));

  const budgets: readonly Budget[] = [
    ...settings.linf.map((epsilon) => ({ norm: "linf", epsilon }) as const),
    ...settings.l2.map((epsilon) => ({ norm: "l2", epsilon }) as const),
  ];
  const cells = attacks.flatMap((attack) => budgets.map((budget) => ({ attack, budget })));
  const rows: Omit<RobustnessRow, "warnings">[] = [];
  for (const { attack, budget } of cells) {
    const place = { attack: attack.name, ...budget };
    const before = rows.length * right.length;
    const { left, broken } = await attackImages(classifier, set, right, attack, budget, {
      seed: settings.seed,
      batchSize,
      onProgress: (done) =>
        onProgress?.({ ...place, done: before + done, total: cells.length * right.length }),
    });
    rows.push({ ...place, ...shareOf(left), broken });
  }
  return {
    clean,
    rows: withWarnings(rows, clean.accuracy, attacks, classifier.classes),
    warnings,
  };
}
