import * as tf from "@tensorflow/tfjs";
import { createRegressor } from "./fitnet.ts";
import { hinton } from "./hinton.ts";
import { BATCH_NORM_EPSILON, batchNormTraining } from "../nn/batch_norm.ts";
import { number } from "../options.ts";
import {
  featureStep,
  type FirstStage,
  requireSameSize,
  requireSameStages,
  twoStages,
} from "./shared.ts";

const options = {
  /** The epochs of the first stage, as a share of the epochs of the second stage */
  activationShare: number(0.5, { above: 0 }),
  /**
   * The weight of the mean over a stage's entries. The published code takes the sum, times 3/1000 in the
   * last stage and half as much in each stage before it. With stages of 16, 32 and 64 channels on images
   * of 32×32 both are the same.
   */
  activationWeight: number(0.003 * 64 * 8 ** 2, { min: 0 }),
  /** μ, how far past its boundary the student's response must be; 1 as published */
  margin: number(1, { min: 0 }),
};

/** The first stage: the student's responses get the signs of the teacher's, in each stage. */
const activation: FirstStage<typeof options> = {
  name: "activation",
  options,
  share: ({ activationShare }) => activationShare,
  passes: { student: 3, teacher: 1 },
  createVariables(_options, { student, teacher, random }) {
    const [from, to] = [student.featureChannels, teacher.featureChannels];
    requireSameStages(to, from);
    return new Map(from.flatMap((channels, stage) => {
      const connector = createConnector(channels, to[stage], random);
      return [...connector].map(([name, variable]) => [`${stage}.${name}`, variable] as const);
    }));
  },
  step: ({ activationWeight, margin }, context) =>
    featureStep(context, (student, teacher) => {
      const losses = student.features.map((map, stage) => {
        const connector = (name: string) => context.variables.get(`${stage}.${name}`)!;
        return activationLoss(teacher.features[stage], connect(map, connector), margin);
      });
      return { activation: tf.mul(tf.addN(losses), activationWeight) as tf.Scalar };
    }),
};

/**
 * Distillation of activation boundaries (Heo et al. 2019b, by the same authors): the boundaries of
 * neurons instead of classes. In the first stage, the student learns which of the teacher's neurons are
 * active, through a 1×1 convolution and a batch normalisation for each stage. In the second stage it is
 * trained as by Hinton's method.
 *
 * Deviations from their published code: the student's maps are taken after their ReLU, not before
 * it, so connectors are there even if student and teacher have the same channels; the second stage
 * has the cross-entropy, too, and the weight of Hinton's term falls from 4 to 1; the learning rate
 * falls in the first stage, too, where theirs is constant; the teacher normalises by its running
 * statistics, theirs by those of the mini-batch in the first stage. Only the sign of the teacher's
 * response counts, and its ReLU keeps it.
 */
export const activationBoundaries = twoStages(
  {
    name: "activation-boundaries",
    summary: "which of the teacher's neurons are active, then Hinton's term (Heo et al. 2019b)",
  },
  activation,
  hinton,
);

/** The variables of a connector. */
type Connector = ReadonlyMap<string, tf.Variable>;

/**
 * Makes a 1×1 convolution and a batch normalisation. FitNet's regressor gives the filter, and its
 * bias as the shift; the scale starts at one.
 */
function createConnector(
  inChannels: number,
  outChannels: number,
  random: () => number,
): Connector {
  const scale = tf.tidy(() => tf.variable(tf.ones([outChannels])));
  return new Map([...createRegressor(inChannels, outChannels, random), ["scale", scale]]);
}

/** Applies a connector: `[n, h, w, inChannels]` → `[n, h, w, outChannels]`. */
function connect(map: tf.Tensor4D, connector: (name: string) => tf.Variable): tf.Tensor4D {
  const { y, mean, variance } = batchNormTraining(
    {
      x: tf.conv2d(map, connector("regressor.weight") as tf.Tensor4D, 1, 0),
      gamma: connector("scale") as tf.Tensor1D,
      beta: connector("regressor.bias") as tf.Tensor1D,
    },
    { epsilon: BATCH_NORM_EPSILON, relu: false },
  );
  tf.dispose([mean, variance]);
  return y;
}

/**
 * Computes how far the student's responses are from lying past the boundary on the teacher's side (Heo
 * et al. 2019b): the mean over all entries of `max(μ − ±s, 0)²`, with plus where the teacher's neuron
 * is active.
 *
 * @param teacher responses `[n, h, w, c]`, before or after their ReLU, taken as constant
 * @param student responses of the same shape, before a ReLU
 * @throws UserError if height or width differ
 */
export function activationLoss(
  teacher: tf.Tensor4D,
  student: tf.Tensor4D,
  margin: number,
): tf.Scalar {
  requireSameSize(teacher, student);
  const side = tf.sub(tf.mul(tf.step(teacher), 2), 1);
  const missing = tf.relu(tf.sub(margin, tf.mul(side, student)));
  return tf.mean(tf.square(missing));
}
