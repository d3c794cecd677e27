import * as tf from "@tensorflow/tfjs";
import {
  type Architecture,
  type BlockShape,
  blocksOf,
  parameterShapes,
  stageChannels,
} from "./architecture.ts";
import { batchNormTraining } from "./batch_norm.ts";
import { movingAverage } from "./moving_average.ts";
import { shortcut } from "./shortcut.ts";
import type { Weight } from "./layout.ts";
import type { ForwardMode, Network, NetworkOutput } from "./network.ts";
import type { Precision } from "./precision.ts";
import {
  type BatchStatistics,
  hasTrainingPass,
  requireTrainingPrecision,
  trainingPass,
} from "./training_pass.ts";

/** PyTorch's defaults. */
export const BATCH_NORM_EPSILON = 1e-5;
const BATCH_NORM_MOMENTUM = 0.1;

/**
 * A ResNet for small images (He et al. 2016, section 4.2) with option-A shortcuts. Its variables
 * have PyTorch's names.
 */
export class ResNet implements Network {
  readonly architecture: Architecture;
  /** Trainable parameters, in PyTorch's order. */
  readonly parameters = new Map<string, tf.Variable>();
  /** The running mean and (unbiased) variance of every batch-norm. */
  readonly statistics = new Map<string, tf.Variable>();
  readonly featureChannels: readonly number[];
  readonly #blocks: BlockShape[][];

  /**
   * @param weights one for each name of `parameterShapes(architecture)`, in TensorFlow.js's layout
   */
  constructor(architecture: Architecture, weights: ReadonlyMap<string, Weight>) {
    this.architecture = architecture;
    this.featureChannels = stageChannels(architecture);
    this.#blocks = blocksOf(architecture);
    for (const { name, trainable } of parameterShapes(architecture)) {
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
  forward(images: tf.Tensor4D, { training, precision = "f32" }: ForwardMode): NetworkOutput {
    if (training) requireTrainingPrecision(precision);
    if (training && hasTrainingPass()) return this.#trainingPass(images, precision);
    const mode: NormalisationMode = training ? this.#byBatch : this.#byRunningStatistics;
    let x = mode("bn1", this.#convolve("conv1", images));
    const features = this.#blocks.map((blocks) => {
      for (const block of blocks) x = this.#block(block, x, mode);
      return x;
    });
    return { logits: this.#linear(globalAveragePool(x)), features };
  }

  /** Lists all variables, including running statistics, in the order of a file. */
  variables(): [name: string, variable: tf.Variable][] {
    return parameterShapes(this.architecture).map(({ name }) => [
      name,
      this.parameters.get(name) ?? this.statistics.get(name)!,
    ]);
  }

  dispose(): void {
    for (const [, variable] of this.variables()) variable.dispose();
  }

  /** Runs the backend's own training pass. Feature maps are copied only if somebody reads them. */
  #trainingPass(images: tf.Tensor4D, precision: Precision): NetworkOutput {
    const parameters = [...this.parameters].filter(([name]) => !name.startsWith("linear."));
    const { pooled, statistics, features } = trainingPass(images, {
      stages: this.#blocks,
      parameters: new Map(parameters),
      epsilon: BATCH_NORM_EPSILON,
    }, precision);
    for (const [name, ofBatch] of statistics) this.#moveStatistics(name, ofBatch);
    let copied: tf.Tensor4D[] | undefined;
    return {
      logits: this.#linear(pooled),
      get features() {
        return copied ??= features();
      },
    };
  }

  #linear(pooled: tf.Tensor2D): tf.Tensor2D {
    return tf.add(
      tf.matMul(pooled, this.#parameter("linear.weight") as tf.Tensor2D),
      this.#parameter("linear.bias"),
    ) as tf.Tensor2D;
  }

  #parameter(name: string): tf.Variable {
    return this.parameters.get(name)!;
  }

  #convolve(name: string, x: tf.Tensor4D, stride: 1 | 2 = 1): tf.Tensor4D {
    // A number for the padding: "same" would pad (0, 1) at stride 2, but PyTorch pads (1, 1).
    return tf.conv2d(x, this.#parameter(`${name}.weight`) as tf.Tensor4D, stride, 1);
  }

  #block(block: BlockShape, x: tf.Tensor4D, normalise: NormalisationMode): tf.Tensor4D {
    const { name, stride } = block;
    const inner = normalise(`${name}.bn1`, this.#convolve(`${name}.conv1`, x, stride));
    return normalise(
      `${name}.bn2`,
      this.#convolve(`${name}.conv2`, inner),
      shortcut(x, block),
    );
  }

  /** Computes relu(batchNorm(x) + residual) by the mini-batch, and moves the running statistics. */
  #byBatch: NormalisationMode = (name, x, residual) => {
    const { y, mean, variance } = batchNormTraining(
      {
        x,
        gamma: this.#parameter(`${name}.weight`) as tf.Tensor1D,
        beta: this.#parameter(`${name}.bias`) as tf.Tensor1D,
        residual,
      },
      { epsilon: BATCH_NORM_EPSILON, relu: true },
    );
    this.#moveStatistics(name, { mean, variance, count: x.size / x.shape[3] });
    return y;
  };

  /** Computes relu(batchNorm(x) + residual) by the running statistics. */
  #byRunningStatistics: NormalisationMode = (name, x, residual) => {
    const normalised = tf.batchNorm4d(
      x,
      this.statistics.get(`${name}.running_mean`) as tf.Tensor1D,
      this.statistics.get(`${name}.running_var`) as tf.Tensor1D,
      this.#parameter(`${name}.bias`) as tf.Tensor1D,
      this.#parameter(`${name}.weight`) as tf.Tensor1D,
      BATCH_NORM_EPSILON,
    );
    return tf.relu(residual ? tf.add(normalised, residual) as tf.Tensor4D : normalised);
  };

  /** Moves a batch-norm's running statistics towards those of a mini-batch, and disposes of the latter. */
  #moveStatistics(name: string, { mean, variance, count }: BatchStatistics): void {
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

type NormalisationMode = (name: string, x: tf.Tensor4D, residual?: tf.Tensor4D) => tf.Tensor4D;

/**
 * Computes the mean over all positions, `[n, h, w, c]` → `[n, c]`. TensorFlow.js's own gradient of
 * a mean is slower: it fills and divides a tensor of ones at every step.
 */
function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  const [count, height, width, channels] = x.shape;
  const operation = tf.customGrad((...args) => ({
    value: tf.mean(args[0] as tf.Tensor4D, [1, 2]),
    gradFunc: (dy: tf.Tensor) =>
      tf.tile(tf.div(dy, height * width).reshape([count, 1, 1, channels]), [1, height, width, 1]),
  }));
  return operation(x) as tf.Tensor2D;
}
