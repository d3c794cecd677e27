import * as tf from "@tensorflow/tfjs";
import { type Evaluation, type Measurement, testSample } from "./evaluation.ts";
import { labelledPixels } from "../robustness/labelled_images.ts";
import { doubtsOf, robustAccuracy } from "../robustness/robust_accuracy.ts";
import { radii } from "../robustness/budget.ts";
import { robustnessAttacks } from "../robustness/robustness_attack.ts";
import type { RobustnessRow } from "../robustness/robustness_row.ts";
import { pixelClassifier } from "../../attack/pixel_space.ts";
import { flag, integer } from "../../options.ts";

const options = {
  /** The largest number of test images. */
  images: integer(512, { min: 1 }),
  /** ε in L∞, in units of 1/255. */
  linf: radii([1, 2]),
  /** ε in L2, in units of pixels in 0…1. */
  l2: radii([0.25]),
  /** True to attack also with the APGD ensemble, which takes a thousand steps. */
  ensemble: flag(false),
};

/** The index of the ensemble, the last of the attacks. */
const ENSEMBLE = robustnessAttacks.length - 1;

/** The accuracy of a student under FGSM, PGD-20 and optionally the APGD ensemble. */
export const robustness: Evaluation<typeof options> = {
  name: "robustness",
  options,
  // FGSM takes 4 passes of an image, PGD-20 about 60, the ensemble up to 3,000 for an image that withstands.
  passes: ({ images, linf, l2, ensemble }) => ({
    student: images * (linf.length + l2.length) * (ensemble ? 600 : 64),
    teacher: 0,
  }),
  async measure({ images, linf, l2, ensemble }, { student, dataset }) {
    const pixels = labelledPixels(dataset, testSample(dataset, images));
    try {
      const attacks = ensemble ? robustnessAttacks : robustnessAttacks.slice(0, ENSEMBLE);
      const found = await robustAccuracy(
        pixelClassifier(student, dataset),
        pixels,
        { linf, l2 },
        { attacks },
      );
      return {
        measurements: [
          measured("robust_none", found.clean),
          ...found.rows.map((row) => measured(robustMeasure(row), row)),
        ],
        warnings: doubtsOf(found),
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

function measured(
  measure: string,
  { accuracy, interval, images }: Pick<RobustnessRow, "accuracy" | "interval" | "images">,
): Measurement {
  const [low, high] = interval ?? [null, null];
  return { measure, value: images > 0 ? accuracy : null, low, high, n: images };
}
