import type * as tf from "@tensorflow/tfjs";

/** What one forward pass gives. */
export interface NetworkOutput {
  /** `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /**
   * Each behind its last ReLU, first to last: the output of the stages of a ResNet, `[n, h, w, 16]`,
   * `[n, h/2, w/2, 32]`, …, or of the hidden layers of a dense network, `[n, 1, 1, width]`
   */
  readonly features: readonly tf.Tensor4D[];
}

/** A network that can be trained. */
export interface Network {
  /** What an optimizer trains, by name. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** Channels of each feature map that `forward` gives. */
  readonly featureChannels: readonly number[];
  /** A forward pass over images `[n, h, w, c]`. */
  forward(images: tf.Tensor4D, mode: { training: boolean }): NetworkOutput;
  /** Parameters, and statistics where it keeps some, in the order of its files. */
  variables(): [name: string, variable: tf.Variable][];
  dispose(): void;
}
