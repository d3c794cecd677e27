import { defineAttack } from "./attack.ts";
import { NORMS } from "./ball.ts";
import { projectedSteps } from "./projected_steps.ts";
import { number, oneOf, pixelBounds } from "../options.ts";

/**
 * The fast gradient sign method (Goodfellow et al. 2015): one step of length ε up the cross-entropy
 * to the label, or down that to the target.
 */
export const fgsmAttack = defineAttack({
  shortName: "fgsm",
  summary: "one step along the sign of the gradient (Goodfellow et al. 2015)",
  options: {
    /** "linf" takes the gradient's sign, "l2" the gradient itself. */
    norm: oneOf("linf", NORMS),
    /** ε: the size of the perturbation, in the units of the pixels. */
    epsilon: number(8 / 255, { min: 0 }),
    /** Bounds of the pixels. */
    clamp: pixelBounds([0, 1]),
  },
  units: "pixels",
  passes: () => 3,
  run: (classifier, images, classes, settings, context) =>
    projectedSteps(classifier, images, classes, {
      ...settings,
      stepLength: settings.epsilon,
      maxSteps: 1,
      gradientFloor: 0,
      randomStart: false,
      earlyStop: false,
    }, context),
});
