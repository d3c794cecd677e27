import * as tf from "@tensorflow/tfjs";
import { featureStep, normaliseRows, requireSameSize, requireSameStages } from "./shared.ts";
import { distillationLoss, hintonOptions } from "./hinton.ts";
import { defineMethod, type StepContext } from "./method.ts";
import { distillationWeight } from "./schedules.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { number, type Options } from "../options.ts";
import { UserError } from "../user_error.ts";
import { withGradient } from "../tensors/with_gradient.ts";

const options = {
  /** β, the weight of the mean squared difference of the maps of each stage */
  weight: number(1000, { min: 0 }),
};

/**
 * Attention transfer (Zagoruyko and Komodakis 2017): cross-entropy and, for each stage, β times the
 * mean squared difference between the attention maps of student and teacher.
 *
 * Deviation from their paper: it weights the mean over all entries of a map by β = 1000, as their
 * published code does, instead of the norm of the difference by β/2.
 */
export const attention = defineMethod({
  name: "attention",
  summary: "the teacher's attention maps (Zagoruyko and Komodakis 2017)",
  options,
  step: ({ weight }, context) => attentionStep(weight, null, context),
});

/** Attention transfer plus Hinton's term, as in the paper's column "Hinton". */
export const attentionHinton = defineMethod({
  name: "attention+hinton",
  summary: "attention transfer and soft cross-entropy to the teacher's logits",
  options: { ...options, ...hintonOptions },
  step: ({ weight, ...hinton }, context) => attentionStep(weight, hinton, context),
});

/**
 * Takes a step on cross-entropy and attention maps.
 *
 * @param hinton the options of Hinton's term; null leaves the term out
 */
function attentionStep(
  weight: number,
  hinton: Options<typeof hintonOptions> | null,
  context: StepContext,
): Promise<void> {
  const alpha = distillationWeight(context.epoch, context.epochs);
  return featureStep(context, ({ logits, features }, teacher) => {
    requireSameStages(teacher.features, features);
    const maps = features.map((map, stage) => attentionTransfer(teacher.features[stage], map));
    return {
      cross_entropy: crossEntropy(context.labels, logits),
      attention: tf.mul(tf.addN(maps), weight) as tf.Scalar,
      ...(hinton === null ? {} : {
        distillation: tf.mul(distillationLoss(teacher.logits, logits, hinton), alpha),
      }),
    };
  });
}

/**
 * Computes the attention transfer loss of one stage: the mean squared difference of two attention maps.
 *
 * @param teacher features `[n, h, w, c]`, taken as constant
 * @param student features of the same height and width; channels may differ
 * @throws UserError if height or width differ, or if there is one position only: all such maps are equal
 */
export function attentionTransfer(teacher: tf.Tensor4D, student: tf.Tensor4D): tf.Scalar {
  requireSameSize(teacher, student);
  requireSeveralPositions(student);
  return tf.mean(tf.square(tf.sub(attentionMap(student), attentionMap(teacher)))) as tf.Scalar;
}

/**
 * Computes the spatial attention map of features `[n, h, w, c]` (Zagoruyko and Komodakis 2017, p = 2):
 * the mean over channels of the squared features, flattened and divided by its L2 norm, `[n, h·w]`.
 */
export function attentionMap(features: tf.Tensor4D): tf.Tensor2D {
  const [n, h, w] = features.shape;
  return normaliseRows(meanOfSquares(features).reshape([n, h * w]));
}

/**
 * Averages the squared features over channels, `[n, h, w]`. Its own gradient is one product with the
 * features; TensorFlow.js's gradient takes five passes over them.
 */
function meanOfSquares(features: tf.Tensor4D): tf.Tensor3D {
  const channels = features.shape[3];
  return withGradient(features, (x) => ({
    value: tf.mean(tf.square(x), 3) as tf.Tensor3D,
    saved: [x],
    gradient: (dy, [x]) => tf.mul(x, tf.mul(tf.expandDims(dy, 3), 2 / channels)),
  }));
}

function requireSeveralPositions({ shape: [, height, width] }: tf.Tensor4D): void {
  if (height * width > 1) return;
  throw new UserError(
    `an attention map says where a stage is active, but a feature map of 1×1 has one place only; ` +
      `use larger images, or another method for networks without convolutions`,
  );
}
