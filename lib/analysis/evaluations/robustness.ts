import * as tf from "@tensorflow/tfjs";
import { type Evaluation, type Measurement, measurement } from "./evaluation.ts";
import { minimalDistances } from "../robustness/minimal_distance.ts";
import { median, medianInterval } from "../statistics/median_interval.ts";
import { NORMS } from "../../attack/ball.ts";
import { labelledPixels } from "../robustness/labelled_images.ts";
import { doubtsOf, robustAccuracy } from "../robustness/robust_accuracy.ts";
import { radii, radiusOf } from "../robustness/budget.ts";
import { apgdEnsemble, fgsm, pgd } from "../robustness/robustness_attack.ts";
import type { RobustnessRow } from "../robustness/robustness_row.ts";
import { pixelClassifier } from "../../attack/pixel_space.ts";
import { flag, integer, tacit } from "../../options.ts";
import { testSample } from "../../training/run_specification.ts";

const options = {
  /** The largest number of test images. */
  images: integer(512, { min: 1 }),
  /** ε in L∞, in units of 1/255. */
  linf: radii([1, 2], "1/255"),
  /** ε in L2, in units of pixels in 0…1. */
  l2: radii([0.25]),
  /** True to attack also with the APGD ensemble, which takes a thousand steps. */
  ensemble: flag(false),
  /**
   * True to also measure how far images are from being misclassified, in 1/255 for L∞ and in pixels
   * 0…1 for L2
   */
  distances: tacit(flag(false)),
};

/**
 * The accuracy of a student under FGSM, PGD-20 and optionally the APGD ensemble; optionally also the
 * median distance of an image from being misclassified, as DeepFool (L2) and PGD (L∞) find it.
 */
export const robustness: Evaluation<typeof options> = {
  name: "robustness",
  options,
  // FGSM takes 3 passes of an image, PGD-20 about 40, the ensemble up to 2,000 for an image that withstands.
  // The distances take about 40 in L2, and in L∞ 40 for each of about seven radii.
  passes: ({ images, linf, l2, ensemble, distances }) => ({
    student: images *
      ((linf.length + l2.length) * (ensemble ? 400 : 43) + (distances ? 320 : 0)),
    teacher: 0,
  }),
  async measure({ images, linf, l2, ensemble, distances }, { student, dataset }) {
    const pixels = labelledPixels(dataset, testSample(dataset, images));
    try {
      const attacks = [fgsm, pgd(), ...(ensemble ? [apgdEnsemble()] : [])];
      const classifier = pixelClassifier(student, dataset);
      const found = await robustAccuracy(classifier, pixels, { linf, l2 }, { attacks });
      const minimal: Measurement[] = [];
      for (const norm of distances ? NORMS : []) {
        const unit = radiusOf({ norm, epsilon: 1 });
        const each = await minimalDistances(classifier, pixels, norm);
        minimal.push(medianOf(`min_distance_${norm}`, each.map((distance) => distance / unit)));
      }
      return {
        measurements: [
          accuracyOf("robust_none", found.clean),
          ...found.rows.map((row) => accuracyOf(robustMeasure(row), row)),
          ...minimal,
        ],
        warnings: [...doubtsOf(found), ...minimal.flatMap(withoutEnd)],
      };
    } finally {
      tf.dispose(pixels.images);
    }
  },
};

/** Names a measure: "robust_pgd20_linf_2" is the accuracy under PGD-20 within 2/255 in L∞. */
function robustMeasure({ attack, norm, epsilon }: RobustnessRow): string {
  return `robust_${attack.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}_${norm}_${epsilon}`;
}

/**
 * Computes the median of distances over all images. An infinite median or interval end becomes
 * null.
 */
function medianOf(measure: string, distances: readonly number[]): Measurement {
  const finite = (value: number) => Number.isFinite(value) ? value : null;
  const [low, high] = (medianInterval(distances) ?? [NaN, NaN]).map(finite);
  return { measure, value: finite(median(distances)), low, high, n: distances.length };
}

/** Warns of an infinite median, since a mean over seeds would silently leave it out. */
function withoutEnd({ measure, value, n }: Measurement): string[] {
  return n > 0 && value === null
    ? [`${measure} has no value, because half of the images withstood every distance`]
    : [];
}

function accuracyOf(
  measure: string,
  { accuracy, interval, images: n }: Pick<RobustnessRow, "accuracy" | "interval" | "images">,
): Measurement {
  return measurement(measure, { value: n > 0 ? accuracy : null, interval, n });
}
