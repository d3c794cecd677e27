import { attackImages } from "./attack_images.ts";
import { filterInBatches } from "./batches.ts";
import { type Budget, type RobustAccuracyOptions, robustAccuracyOptions } from "./budget.ts";
import { checkModel, cleanLogits } from "./clean_logits.ts";
import { checkLabelledImages, type LabelledImages } from "./labelled_images.ts";
import { type RobustnessAttack, robustnessAttacks } from "./robustness_attack.ts";
import { type RobustnessRow, withWarnings } from "./robustness_row.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { resolveOptions } from "../../options.ts";
import { topClasses } from "../../tensors/rows.ts";
import { untilStopped } from "../../stop/until_stopped.ts";

/** What a measurement needs besides its options. */
export interface RobustAccuracyContext {
  /** Weak to strong: FGSM, PGD-20 and the APGD ensemble, unless told. */
  readonly attacks?: readonly RobustnessAttack[];
  /** Stops at the next batch. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RobustnessProgress) => void;
}

/** How far a measurement is: images done in all rows, of so many, and the row that it is at. */
export interface RobustnessProgress extends Budget {
  readonly attack: string;
  readonly done: number;
  readonly total: number;
}

/** What {@linkcode robustAccuracy} finds. */
export interface RobustAccuracy {
  /** Without an attack */
  readonly clean: Pick<RobustnessRow, "accuracy" | "interval" | "images">;
  /** One an attack, norm and ε, in this order */
  readonly rows: readonly RobustnessRow[];
  /** Sentences that say what about the classifier makes every row doubtful */
  readonly warnings: readonly string[];
}

/**
 * The share of images that a classifier gets right however an attack moves them within a ball.
 *
 * Images that it gets wrong as they are count as wrong and are not attacked. A row depends on the
 * seed, its attack and its ball: neither on the size of batches nor on what else is measured. Attacks
 * show only that a classifier is not robust; what they leave is an upper bound.
 *
 * @param classifier of pixels in 0…1; `pixelClassifier` makes one of a classifier of normalised images
 * @param set pixels in 0…1 and labels; the tensor stays the caller's
 * @throws UserError for a bad option, images or labels; and, naming attack and ε, for samples that
 *   leave the ball or 0…1 or are not finite
 * @throws DOMException "AbortError" if the signal was given
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
  { attacks = robustnessAttacks, onProgress }: Omit<RobustAccuracyContext, "signal">,
): Promise<RobustAccuracy> {
  const settings = resolveOptions("robustAccuracy", robustAccuracyOptions, options);
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
    const left = await attackImages(classifier, set, right, attack, budget, {
      seed: settings.seed,
      batchSize,
      onProgress: (done) =>
        onProgress?.({ ...place, done: before + done, total: cells.length * right.length }),
    });
    rows.push({ ...place, ...shareOf(left) });
  }
  return {
    clean,
    rows: withWarnings(rows, clean.accuracy, attacks, classifier.classes),
    warnings,
  };
}
