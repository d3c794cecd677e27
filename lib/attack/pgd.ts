import { defineAttack } from "./attack.ts";
import { ballOptions } from "./ball.ts";
import { projectedSteps } from "./projected_steps.ts";
import { flag, integer, number } from "../options.ts";

/**
 * Projected gradient descent (Madry et al. 2018): steps up the cross-entropy to the label, or down
 * that to the target, each brought back into the ball of radius ε around the image.
 */
export const pgdAttack = defineAttack({
  shortName: "pgd",
  summary: "projected gradient steps within a ball (Madry et al. 2018)",
  options: {
    ...ballOptions,
    /** The length of a step, in units of ε. */
    stepSize: number(0.25, { above: 0 }),
    maxSteps: integer(20, { max: 10_000 }),
    /**
     * Added to the norm of the cross-entropy's gradient before it divides that, for L2: some
     * libraries add 1e-10 to that of the mean over the batch, and so hardly step from an image whose
     * class is certain.
     */
    gradientFloor: number(0, { min: 0 }),
    /** Whether to start at a random point of the ball instead of at the image. */
    randomStart: flag(false),
    /** Whether a sample that has succeeded stops there, instead of going deeper. */
    earlyStop: flag(false),
  },
  units: "pixels",
  passes: ({ maxSteps }) => 2 * maxSteps + 1,
  run: (classifier, images, classes, settings, context) =>
    projectedSteps(classifier, images, classes, {
      ...settings,
      stepLength: settings.stepSize * settings.epsilon,
    }, context),
});
