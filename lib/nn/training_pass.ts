import * as tf from "@tensorflow/tfjs";
import type { BlockShape } from "./architecture.ts";
import type { Precision } from "./precision.ts";
import { UserError } from "../user_error.ts";

/** A TensorFlow.js backend that runs a ResNet's training pass, forward and back, as one list of steps. */
export interface TrainingBackend {
  /** The precisions it has on this machine. */
  readonly precisions: readonly Precision[];
  startTrainingPass(
    images: tf.Tensor4D,
    network: TrainedNetwork,
    precision: Precision,
  ): TrainingPass;
}

/** The part of a ResNet that a training pass runs: stem and stages, without the linear layer. */
export interface TrainedNetwork {
  /** The blocks of each stage. */
  readonly stages: readonly (readonly BlockShape[])[];
  /** The parameters of the stem and the stages, by name, float32. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  /** The ε of batch-norm */
  readonly epsilon: number;
}

/** Mean and (biased) variance of a mini-batch, by channel. */
export interface BatchStatistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** The number of values of a channel */
  readonly count: number;
}

/** A mini-batch on its way through a ResNet in training mode. All tensors are float32. */
export interface TrainingPass {
  /** Stands for the pass on the tape. Disposing of it releases the kept maps. */
  readonly token: tf.Scalar;
  /** The mean of the last feature map over all pixels, `[n, channels]` */
  readonly pooled: tf.Tensor2D;
  /** The statistics of each batch-norm, by its name. */
  readonly statistics: ReadonlyMap<string, BatchStatistics>;
  /** Copies the output of a stage. */
  feature(stage: number): tf.Tensor4D;
  /** Takes the gradient of a `feature`. Comes before the next stage's way back. */
  takeFeatureGradient(stage: number, gradient: tf.Tensor4D): void;
  /** Takes the gradient of `pooled`. */
  takePooledGradient(gradient: tf.Tensor2D): void;
  /**
   * Goes back through a stage, and through the stem with the first one. The gradient of the stage's
   * output must be complete.
   *
   * @returns the gradients of its parameters, by name
   */
  back(stage: number): ReadonlyMap<string, tf.Tensor>;
}

/** The outputs of a training pass that TensorFlow.js can differentiate. */
export interface TrainingPassOutput {
  readonly pooled: tf.Tensor2D;
  readonly statistics: ReadonlyMap<string, BatchStatistics>;
  /** Copies the feature maps of the stages. */
  features(): tf.Tensor4D[];
}

/** Tells whether the current backend runs training passes of its own. */
export function hasTrainingPass(): boolean {
  return (tf.backend() as Partial<TrainingBackend>).startTrainingPass !== undefined;
}

/** @throws UserError that names the precisions there are, if the current backend lacks this one */
export function requireTrainingPrecision(precision: Precision): void {
  const backend = tf.backend() as Partial<TrainingBackend>;
  const precisions: readonly Precision[] = hasTrainingPass() ? backend.precisions! : ["f32"];
  if (precisions.includes(precision)) return;
  throw new UserError(
    `backend ${tf.getBackend()} does not train a student in ${precision} here; ` +
      `choose from ${precisions.join(", ")}`,
  );
}

/**
 * Runs a training pass, and records its way back on TensorFlow.js's tape.
 *
 * The tape has one operation a stage, so that a stage gets no gradient if the loss doesn't depend on it.
 * On the tape only tokens go from stage to stage. Maps and their gradients stay in the pass.
 */
export function trainingPass(
  images: tf.Tensor4D,
  network: TrainedNetwork,
  precision: Precision,
): TrainingPassOutput {
  const backend = tf.backend() as unknown as TrainingBackend;
  const { parameters } = network;
  const pass = backend.startTrainingPass(images, network, precision);
  // Saved once: the tape keeps all saved tensors until the whole way back is over.
  const kept = [pass.token, images, ...parameters.values()];
  const tokens: tf.Tensor[] = [];
  network.stages.forEach((_, stage) => {
    const names = [...parameters.keys()].filter((name) => stageOf(name) === stage);
    const inputs = [tokens.at(-1) ?? pass.token, ...names.map((name) => parameters.get(name)!)];
    const token = recorded(inputs, stage === 0 ? kept : [], () => tf.clone(pass.token), () => {
      const gradients = pass.back(stage);
      return [tf.zerosLike(pass.token), ...names.map((name) => gradients.get(name)!)];
    });
    tokens.push(token);
  });
  /** Records an output of a stage, whose gradient goes to the pass. */
  const result = (stage: number, tensor: () => tf.Tensor, take: (gradient: tf.Tensor) => void) =>
    recorded([tokens.at(stage)!], [], tensor, (gradient) => {
      take(gradient);
      return [tf.zerosLike(pass.token)];
    });
  return {
    pooled: result(
      -1,
      () => pass.pooled,
      (gradient) => pass.takePooledGradient(gradient as tf.Tensor2D),
    ) as tf.Tensor2D,
    statistics: pass.statistics,
    features: () =>
      tokens.map((_, stage) =>
        result(
          stage,
          () => pass.feature(stage),
          (gradient) => pass.takeFeatureGradient(stage, gradient as tf.Tensor4D),
        ) as tf.Tensor4D
      ),
  };
}

/** Finds the stage of a parameter: "layer2.0.conv1.weight" is of stage 1, and the stem of stage 0. */
function stageOf(name: string): number {
  const [, number] = /^layer(\d+)\./.exec(name) ?? [];
  return number === undefined ? 0 : Number(number) - 1;
}

/**
 * Records an operation on the tape.
 *
 * @param kept tensors that must live until the way back is over
 */
function recorded(
  inputs: tf.Tensor[],
  kept: tf.Tensor[],
  forward: () => tf.Tensor,
  back: (gradient: tf.Tensor) => tf.Tensor[],
): tf.Tensor {
  return tf.customGrad((...args) => {
    (args.at(-1) as unknown as tf.GradSaveFunc)(kept);
    return { value: forward(), gradFunc: (gradient: tf.Tensor) => back(gradient) };
  })(...inputs);
}
