import * as tf from "@tensorflow/tfjs";
import { featureStep, type FirstStage, requireSameSize, stageAt, twoStages } from "./shared.ts";
import { hinton } from "./hinton.ts";
import { number } from "../options.ts";
import { standardNormal } from "../nn/initialise.ts";

const options = {
  /** The epochs of the hint stage, as a share of the epochs of the second stage */
  hintShare: number(0.5, { above: 0 }),
};

/** The first stage: the student up to its middle stage learns the teacher's middle feature map. */
const hint: FirstStage<typeof options> = {
  name: "hint",
  options,
  share: ({ hintShare }) => hintShare,
  // Nothing after the second of three stages has a gradient. (With four stages, it is the third.)
  passes: { student: 1 + 2 * (2 / 3), teacher: 1 },
  createVariables: (_options, { student, teacher, random }) =>
    createRegressor(middleOf(student.featureChannels), middleOf(teacher.featureChannels), random),
  step: (_options, context) =>
    featureStep(context, (student, teacher) => ({
      hint: hintLoss(
        middleOf(teacher.features),
        regress(middleOf(student.features), context.variables),
      ),
    })),
};

/**
 * FitNets (Romero et al. 2015). In the first stage, the student up to its middle stage learns the
 * teacher's middle feature map, through a 1×1 convolution that is trained with it. In the second
 * stage, the whole student is trained on cross-entropy and Hinton's term, whose weight falls from 4 to
 * 1.
 *
 * Deviations from their paper: the squared error is the mean over the entries of the map, not their
 * sum; the regressor has a bias and no activation; the first stage has a given length.
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

/**
 * Computes half the mean squared difference between the teacher's feature map and the student's
 * regressed one (Romero et al. 2015).
 *
 * @param teacher the hint, `[n, h, w, c]`, taken as constant
 * @param regressed the output of the regressor, of the same shape
 * @throws UserError if height or width differ
 */
export function hintLoss(teacher: tf.Tensor4D, regressed: tf.Tensor4D): tf.Scalar {
  requireSameSize(teacher, regressed);
  return tf.div(tf.mean(tf.square(tf.sub(regressed, teacher))), 2);
}

/** The variables of a 1×1 convolution. */
type Regressor = ReadonlyMap<string, tf.Variable>;

/**
 * Makes a 1×1 convolution that brings feature maps to another number of channels. Its filter is drawn
 * from N(0, 2/C_out), as in the networks (He et al. 2015); its bias is zero.
 *
 * @param random gives numbers in [0, 1); the same numbers give the same regressor on every backend
 */
export function createRegressor(
  inChannels: number,
  outChannels: number,
  random: () => number,
): Regressor {
  const std = Math.sqrt(2 / outChannels);
  const filter = Float32Array.from(
    { length: inChannels * outChannels },
    () => std * standardNormal(random),
  );
  const regressor = new Map<string, tf.Variable>();
  tf.tidy(() => {
    regressor.set(
      "regressor.weight",
      tf.variable(tf.tensor4d(filter, [1, 1, inChannels, outChannels])),
    );
    regressor.set("regressor.bias", tf.variable(tf.zeros([outChannels])));
  });
  return regressor;
}

/** Applies the regressor: `[n, h, w, inChannels]` → `[n, h, w, outChannels]`. */
export function regress(map: tf.Tensor4D, regressor: Regressor): tf.Tensor4D {
  const filter = regressor.get("regressor.weight") as tf.Tensor4D;
  return tf.add(tf.conv2d(map, filter, 1, 0), regressor.get("regressor.bias")!);
}
