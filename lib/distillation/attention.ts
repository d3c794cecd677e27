import * as tf from "@tensorflow/tfjs";
import { featureStep, normaliseRows, requireSameSize, requireSameStages } from "./shared.ts";
import { hintonOptions, hintonTerm } from "./hinton.ts";
import { defineMethod, type StepContext } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { number } from "../options.ts";
import { UserError } from "../user_error.ts";

const options = {
  /** β, on the mean squared difference of the maps of each stage */
  weight: number(1000, { min: 0 }),
};

const withTemperature = {
  ...options,
  ...hintonOptions,
};

/**
 * Attention transfer (Zagoruyko and Komodakis 2017): cross-entropy, and for each stage β times the
 * mean squared difference between the attention maps of student and teacher.
 *
 * Where it departs from their paper: β is 1000 on the mean over all entries of a map and not β/2 on the
 * norm of the difference, as their published code has it.
 */
export const attention = defineMethod({
  name: "attention",
  summary: "the maps of where each stage is active (Zagoruyko and Komodakis 2017)",
  options,
  step: ({ weight }, context) => attentionStep(weight, null, context),
});

/** Attention transfer with Hinton's term beside it, as in the paper's column "Hinton". */
export const attentionHinton = defineMethod({
  name: "attention+hinton",
  summary: "attention transfer and soft cross-entropy to the teacher's logits",
  options: withTemperature,
  step: ({ weight, temperature }, context) => attentionStep(weight, temperature, context),
});

/** @param temperature of Hinton's term; null for none */
function attentionStep(
  weight: number,
  temperature: number | null,
  context: StepContext,
): Promise<void> {
  return featureStep(context, ({ logits, features }, teacher) => {
    requireSameStages(teacher.features, features);
    const maps = features.map((map, stage) => attentionTransfer(teacher.features[stage], map));
    return {
      cross_entropy: crossEntropy(context.labels, logits),
      attention: tf.mul(tf.addN(maps), weight) as tf.Scalar,
      ...(temperature === null ? {} : {
        distillation: hintonTerm(teacher.logits, logits, temperature, context),
      }),
    };
  });
}

/**
 * The spatial attention map of features `[n, h, w, c]` (Zagoruyko and Komodakis 2017, with p = 2): the
 * mean over channels of their squares, flattened and divided by its L2 norm, `[n, h·w]`.
 */
export function attentionMap(features: tf.Tensor4D): tf.Tensor2D {
  const [n, h, w] = features.shape;
  return normaliseRows(meanOfSquares(features).reshape([n, h * w]));
}

/**
 * Over channels, `[n, h, w]`. Its gradient is one product with the features; TensorFlow.js's own takes five
 * passes over them.
 */
function meanOfSquares(features: tf.Tensor4D): tf.Tensor3D {
  const channels = features.shape[3];
  const operation = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [tf.Tensor4D, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.mean(tf.square(x), 3),
      gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) =>
        tf.mul(x, tf.mul(tf.expandDims(dy, 3), 2 / channels)),
    };
  });
  return operation(features) as tf.Tensor3D;
}

/**
 * The attention transfer loss of one stage: the mean squared difference of two attention maps.
 *
 * @param teacher features `[n, h, w, c]`, taken as constant
 * @param student features of the same height and width; channels may differ
 * @throws UserError if height or width differ, or there is but one position, where all maps are the same
 */
export function attentionTransfer(teacher: tf.Tensor4D, student: tf.Tensor4D): tf.Scalar {
  requireSameSize(teacher, student);
  requireSeveralPositions(student);
  return tf.mean(tf.square(tf.sub(attentionMap(student), attentionMap(teacher)))) as tf.Scalar;
}

function requireSeveralPositions({ shape: [, height, width] }: tf.Tensor4D): void {
  if (height * width > 1) return;
  throw new UserError(
    `an attention map says where a stage is active, but a feature map of 1×1 has one place only; ` +
      `use larger images, or another method for networks without convolutions`,
  );
}
