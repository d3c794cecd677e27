import * as tf from "@tensorflow/tfjs";
import type { BlockShape } from "./architecture.ts";
import type { Precision } from "./freeze.ts";
import { UserError } from "../user_error.ts";

/** A TensorFlow.js backend that runs a ResNet's training pass, forward and back, as one list of steps. */
export interface TrainingBackend {
  /** What it computes in on this machine. */
  readonly precisions: readonly Precision[];
  startTrainingPass(
    images: tf.Tensor4D,
    network: TrainedNetwork,
    precision: Precision,
  ): TrainingPass;
}

/** A ResNet as a training pass needs it: stem and stages, without the linear layer. */
export interface TrainedNetwork {
  /** The blocks of each stage. */
  readonly stages: readonly (readonly BlockShape[])[];
  /** The parameters of the stem and the stages, by name, float32. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  /** Of batch-norm */
  readonly epsilon: number;
}

/** Mean and (biased) variance of a mini-batch, by channel. */
export interface BatchStatistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** Values of a channel */
  readonly count: number;
}

/** A mini-batch on its way through a ResNet in training mode. All tensors are float32. */
export interface TrainingPass {
  /** A tensor that stands for the pass: the kept maps are released with it. */
  readonly token: tf.Scalar;
  /** The mean of the last feature map over all pixels, `[n, channels]` */
  readonly pooled: tf.Tensor2D;
  /** The statistics of each batch-norm, by its name. */
  readonly statistics: ReadonlyMap<string, BatchStatistics>;
  /** Copies the output of a stage. */
  feature(stage: number): tf.Tensor4D;
  /** Takes the gradient of a stage's output as a feature map; call it before the stages behind go back. */
  takeFeatureGradient(stage: number, gradient: tf.Tensor4D): void;
  /** Takes the gradient of `pooled`. */
  takePooledGradient(gradient: tf.Tensor2D): void;
  /**
   * Goes back through a stage, the first with the stem, once the gradient of its output is complete.
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

/** Whether the current backend runs training passes of its own. */
export function hasTrainingPass(): boolean {
  return (tf.backend() as Partial<TrainingBackend>).startTrainingPass !== undefined;
}

/** @throws UserError naming what there is, if the current backend does not train in a precision */
export function requireTrainingPrecision(precision: Precision): void {
  const backend = tf.backend() as Partial<TrainingBackend>;
  const precisions = backend.startTrainingPass && backend.precisions || ["f32"];
  if (precisions.includes(precision)) return;
  throw new UserError(
    `backend ${tf.getBackend()} does not train a student in ${precision} here; ` +
      `choose from ${precisions.join(", ")}`,
  );
}

/**
 * Runs a training pass, and puts its way back on TensorFlow.js's tape.
 *
 * The tape has one operation a stage, so that stages which a loss doesn't depend on get no gradient. What
 * goes from one to the next on the tape is only a token: the maps and their gradients stay in the pass.
 */
export function trainingPass(
  images: tf.Tensor4D,
  network: TrainedNetwork,
  precision: Precision,
): TrainingPassOutput {
  const backend = tf.backend() as unknown as TrainingBackend;
  const { parameters } = network;
  const pass = backend.startTrainingPass(images, network, precision);
  // Once is enough: the tape keeps it all until the way back is over.
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
  /** Records a result of a stage, whose gradient the pass takes. */
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

/** "layer2.0.conv1.weight" belongs to stage 1; the stem goes with stage 0. */
function stageOf(name: string): number {
  const [, number] = /^layer(\d+)\./.exec(name) ?? [];
  return number === undefined ? 0 : Number(number) - 1;
}

/** Records an operation on the tape. @param kept lives until the way back is over */
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
