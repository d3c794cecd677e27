import { stageAt } from "./comparable_features.ts";
import { featureStep } from "./feature_step.ts";
import { hintLoss } from "./hint_loss.ts";
import { hinton } from "./hinton.ts";
import { createRegressor, regress } from "./regressor.ts";
import { type FirstStage, twoStages } from "./two_stages.ts";
import { number } from "../options.ts";

const options = {
  /** Epochs of the hint stage, as a share of those of the training that follows */
  hintShare: number(0.5, { above: 0 }),
};

/** The student up to its middle stage learns the teacher's middle feature map. */
const hint: FirstStage<typeof options> = {
  name: "hint",
  options,
  share: ({ hintShare }) => hintShare,
  // Nothing behind the second of three stages has a gradient.
  passes: { student: 1 + 2 * (2 / 3), teacher: 1 },
  createVariables: (_options, { student, teacher, random }) =>
    createRegressor(middleOf(student.featureChannels), middleOf(teacher.featureChannels), random),
  step: (_options, context) =>
    featureStep(context, (student, teacher, regressor) => ({
      hint: hintLoss(middleOf(teacher.features), regress(middleOf(student.features), regressor)),
    })),
};

/**
 * FitNets (Romero et al. 2015): the student up to its middle stage first learns to give the teacher's
 * middle feature map, seen through a 1×1 convolution that is trained with it; then all of it is trained
 * on cross-entropy and on the teacher's logits with a weight that falls from 4 to 1.
 *
 * Where it departs from their paper: the squared error is a mean over the entries of the map and not
 * their sum; the regressor has a bias and nothing behind it; the first stage has a given length.
 */
export const fitnet = twoStages(
  {
    name: "fitnet",
    summary: "the teacher's middle feature map first, then Hinton's term (Romero et al. 2015)",
  },
  hint,
  hinton,
);

function middleOf<T>(stages: readonly T[]): T {
  return stageAt(stages, Math.floor(stages.length / 2));
}
