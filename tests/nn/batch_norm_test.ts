import * as tf from "@tensorflow/tfjs";
import { batchNormTraining } from "../../lib/nn/batch_norm.ts";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { computedOn, onBackendsButCpu, onEveryBackend } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";

const SHAPE: [number, number, number, number] = [6, 5, 4, 3];

function inputs(): {
  x: tf.Tensor4D;
  gamma: tf.Tensor1D;
  beta: tf.Tensor1D;
  residual: tf.Tensor4D;
} {
  const size = SHAPE.reduce((product, side) => product * side, 1);
  return {
    // Far from zero, where a one-pass variance would lose its digits.
    x: tf.add(tf.tensor4d(uniformNumbers(size, "x"), SHAPE), 5),
    gamma: tf.tensor1d(uniformNumbers(3, "gamma")),
    // Far from zero, so that no entry crosses a ReLU's kink, where differences would be wrong.
    beta: tf.tensor1d([3, -3, 3]),
    residual: tf.tensor4d(uniformNumbers(size, "residual"), SHAPE),
  };
}

interface Case {
  readonly relu: boolean;
  readonly withResidual: boolean;
}

const cases: Case[] = [false, true].flatMap((relu) =>
  [false, true].map((withResidual) => ({ relu, withResidual }))
);

function argumentsOf({ withResidual }: Case): tf.Tensor[] {
  const { x, gamma, beta, residual } = inputs();
  return withResidual ? [x, gamma, beta, residual] : [x, gamma, beta];
}

function normalise({ relu }: Case, args: tf.Tensor[]) {
  const [x, gamma, beta, residual] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor4D?];
  return batchNormTraining({ x, gamma, beta, residual }, { epsilon: 1e-5, relu });
}

/** Computes a scalar that depends only on the output. */
function lossOf(which: Case, args: tf.Tensor[]): tf.Scalar {
  const { y, mean, variance } = normalise(which, args);
  tf.dispose([mean, variance]);
  return weightedSum(y);
}

function outputsAndGradients(which: Case): Promise<number[][]> {
  return valuesOfAll(() => {
    const { y, mean, variance } = normalise(which, argumentsOf(which));
    const gradients = tf.grads((...args: tf.Tensor[]) => lossOf(which, args))(argumentsOf(which));
    return [y, mean, variance, ...gradients];
  });
}

for (const which of cases) {
  const text = `${which.withResidual ? "with" : "without"} residual, ` +
    `${which.relu ? "with" : "without"} ReLU`;

  onBackendsButCpu(`batchNormTraining() and its gradients agree with cpu ${text}`, async () => {
    const ours = await outputsAndGradients(which);
    const reference = await computedOn(() => outputsAndGradients(which));
    ours.forEach((values, index) => assertClose(values, reference[index], 1e-4, `output ${index}`));
  });

  onEveryBackend(
    `batchNormTraining() gradients agree with finite differences ${text}`,
    async () => {
      await checkGradients((...args) => lossOf(which, args), () => argumentsOf(which), {
        tolerance: 5e-3,
      });
    },
  );
}

onEveryBackend(
  "batchNormTraining() returns zero mean and unit variance in each channel",
  async () => {
    const [means, variances] = await valuesOfAll(() => {
      const { x } = inputs();
      const { y, mean, variance } = batchNormTraining(
        { x, gamma: tf.ones([3]), beta: tf.zeros([3]) },
        { epsilon: 1e-5, relu: false },
      );
      const moments = tf.moments(y, [0, 1, 2]);
      tf.dispose([mean, variance]);
      return [tf.add(moments.mean, 1), moments.variance];
    });
    assertClose(means, [1, 1, 1], 1e-5, "means, plus 1");
    assertClose(variances, [1, 1, 1], 1e-3, "variances");
  },
);
