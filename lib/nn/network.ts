import type * as tf from "@tensorflow/tfjs";
import type { Precision } from "./precision.ts";

/** The output of a forward pass. */
export interface NetworkOutput {
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /**
   * The feature maps, first to last, each after its last ReLU: the outputs of a ResNet's stages,
   * `[n, h, w, c]`, `[n, h/2, w/2, 2c]`, … with c = 16 times the network's width, or of a dense
   * network's hidden layers, `[n, 1, 1, width]`.
   */
  readonly features: readonly tf.Tensor4D[];
}

/** The kind of a forward pass. */
export interface ForwardMode {
  readonly training: boolean;
  /** The precision of a pass in training mode. Default: float32. */
  readonly precision?: Precision;
}

/** A network that can be trained. */
export interface Network {
  /** The trainable variables, by name. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** The channels of each feature map of `forward`. */
  readonly featureChannels: readonly number[];
  /** Makes a forward pass over images `[n, h, w, c]`. */
  forward(images: tf.Tensor4D, mode: ForwardMode): NetworkOutput;
  /** Lists parameters and, if there are any, running statistics, in the order of a file. */
  variables(): [name: string, variable: tf.Variable][];
  dispose(): void;
}
