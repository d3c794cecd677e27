import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "./architecture.ts";
import { BATCH_NORM_EPSILON, batchNormTraining } from "./batch_norm.ts";
import type { FrozenNetwork } from "./frozen_classifier.ts";
import type { Weight } from "./layout.ts";
import { movingAverage } from "./moving_average.ts";
import type { ForwardMode, Network, NetworkOutput } from "./network.ts";
import type { ParameterShape } from "./parameter_shapes.ts";
import type { Precision } from "./precision.ts";
import type { BatchStatistics } from "./training_pass.ts";
import { UserError } from "../user_error.ts";
import { withGradient } from "../tensors/with_gradient.ts";

/** PyTorch's default. */
const BATCH_NORM_MOMENTUM = 0.1;

/** Computes relu(batchNorm(x) + residual). */
export type BatchNorm = (name: string, x: tf.Tensor4D, residual?: tf.Tensor4D) => tf.Tensor4D;

/**
 * A convolutional network for images, with batch-norms and a linear layer. Its variables have
 * PyTorch's names. A subclass says how its layers follow each other.
 */
export abstract class ImageNetwork implements Network {
  readonly architecture: Architecture;
  /** Trainable parameters, in PyTorch's order. */
  readonly parameters = new Map<string, tf.Variable>();
  /** The running mean and (unbiased) variance of every batch-norm. */
  readonly statistics = new Map<string, tf.Variable>();
  abstract readonly featureChannels: readonly number[];
  readonly #names: readonly string[];

  /**
   * @param shapes those of the architecture, in PyTorch's order
   * @param weights one for each name of the shapes, in TensorFlow.js's layout
   */
  constructor(
    architecture: Architecture,
    shapes: readonly ParameterShape[],
    weights: ReadonlyMap<string, Weight>,
  ) {
    this.architecture = architecture;
    this.#names = shapes.map(({ name }) => name);
    for (const { name, trainable } of shapes) {
      const { data, shape } = weights.get(name)!;
      const variable = tf.tidy(() => tf.variable(tf.tensor(data, shape), trainable));
      (trainable ? this.parameters : this.statistics).set(name, variable);
    }
  }

  /**
   * Makes a forward pass over images `[n, h, w, c]`.
   *
   * In training mode, batch-norm uses the statistics of the mini-batch and updates the running
   * ones. In inference mode it uses the running ones.
   *
   * @throws UserError if the backend can't train in this precision
   */
  abstract forward(images: tf.Tensor4D, mode: ForwardMode): NetworkOutput;

  /** Makes a frozen copy in inference mode. @throws UserError if there is none in the precision */
  abstract freeze(precision: Precision): FrozenNetwork;

  /** @throws UserError if the current backend can't train this network in the precision */
  abstract requirePrecision(precision: Precision): void;

  /** Lists all variables, including running statistics, in the order of a file. */
  variables(): [name: string, variable: tf.Variable][] {
    return this.#names.map((name) => [
      name,
      this.parameters.get(name) ?? this.statistics.get(name)!,
    ]);
  }

  dispose(): void {
    for (const [, variable] of this.variables()) variable.dispose();
  }

  protected parameter(name: string): tf.Variable {
    return this.parameters.get(name)!;
  }

  protected convolve(name: string, x: tf.Tensor4D, stride: 1 | 2 = 1): tf.Tensor4D {
    const filter = this.parameter(`${name}.weight`) as tf.Tensor4D;
    // A number for the padding: "same" would pad (0, 1) at stride 2, but PyTorch pads (1, 1).
    return tf.conv2d(x, filter, stride, (filter.shape[0] - 1) / 2);
  }

  protected linear(name: string, pooled: tf.Tensor2D): tf.Tensor2D {
    return tf.add(
      tf.matMul(pooled, this.parameter(`${name}.weight`) as tf.Tensor2D),
      this.parameter(`${name}.bias`),
    ) as tf.Tensor2D;
  }

  /** Gives the batch-norm of a mode. In training mode it moves the running statistics, too. */
  protected normalisation(training: boolean): BatchNorm {
    return training ? this.#byBatch : this.#byRunningStatistics;
  }

  #byBatch: BatchNorm = (name, x, residual) => {
    const { y, mean, variance } = batchNormTraining(
      {
        x,
        gamma: this.parameter(`${name}.weight`) as tf.Tensor1D,
        beta: this.parameter(`${name}.bias`) as tf.Tensor1D,
        residual,
      },
      { epsilon: BATCH_NORM_EPSILON, relu: true },
    );
    this.moveStatistics(name, { mean, variance, count: x.size / x.shape[3] });
    return y;
  };

  #byRunningStatistics: BatchNorm = (name, x, residual) => {
    const normalised = tf.batchNorm4d(
      x,
      this.statistics.get(`${name}.running_mean`) as tf.Tensor1D,
      this.statistics.get(`${name}.running_var`) as tf.Tensor1D,
      this.parameter(`${name}.bias`) as tf.Tensor1D,
      this.parameter(`${name}.weight`) as tf.Tensor1D,
      BATCH_NORM_EPSILON,
    );
    return tf.relu(residual ? tf.add(normalised, residual) as tf.Tensor4D : normalised);
  };

  /**
   * Moves a batch-norm's running statistics towards those of a mini-batch, and disposes of the latter.
   *
   * @throws UserError if a channel has a single value, which has no variance
   */
  protected moveStatistics(name: string, { mean, variance, count }: BatchStatistics): void {
    if (count < 2) {
      tf.dispose([mean, variance]);
      throw new UserError(
        `${name} has one value for each channel in a mini-batch, but batch normalisation needs two; ` +
          "take larger mini-batches or images",
      );
    }
    this.#moveStatistic(`${name}.running_mean`, mean, 1);
    // PyTorch normalises by the biased variance, but stores the unbiased one.
    this.#moveStatistic(`${name}.running_var`, variance, count / (count - 1));
    tf.dispose([mean, variance]);
  }

  #moveStatistic(name: string, ofBatch: tf.Tensor1D, factor: number): void {
    const running = this.statistics.get(name)!;
    const moved = movingAverage(running, ofBatch, { momentum: BATCH_NORM_MOMENTUM, factor });
    running.assign(moved);
    moved.dispose();
  }
}

/**
 * Computes the mean over all positions, `[n, h, w, c]` → `[n, c]`. TensorFlow.js's own gradient of
 * a mean is slower: it fills and divides a tensor of ones at every step.
 */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  const [count, height, width, channels] = x.shape;
  return withGradient(x, (x) => ({
    value: tf.mean(x, [1, 2]) as tf.Tensor2D,
    gradient: (dy) =>
      tf.tile(tf.div(dy, height * width).reshape([count, 1, 1, channels]), [1, height, width, 1]),
  }));
}
