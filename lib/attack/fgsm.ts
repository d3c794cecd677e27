import { defineAttack } from "./attack.ts";
import { ballOptions } from "./ball.ts";
import { projectedSteps } from "./projected_steps.ts";

/**
 * The fast gradient sign method (Goodfellow et al. 2015): one step of length ε up the cross-entropy
 * to the label, or down that to the target: along the gradient's sign for L∞, along itself for L2.
 */
export const fgsmAttack = defineAttack({
  shortName: "fgsm",
  summary: "one step along the sign of the gradient (Goodfellow et al. 2015)",
  options: ballOptions,
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
