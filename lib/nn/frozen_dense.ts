import * as tf from "@tensorflow/tfjs";
import { type DenseLayer, type DenseNetwork, runDenseLayers } from "./dense_network.ts";
import { FrozenOperations, masked } from "./frozen_operations.ts";

/**
 * A frozen copy of a dense network. Later changes of the network do not affect it, and its backward
 * pass never computes a gradient of a weight.
 */
export class FrozenDense extends FrozenOperations<readonly tf.Tensor2D[]> {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #layers: readonly DenseLayer[];

  constructor(network: DenseNetwork) {
    super();
    this.classes = network.widths.at(-1)!;
    this.featureChannels = network.featureChannels;
    // A clone keeps its values when the variable gets new ones.
    this.#layers = network.layers().map(({ weight, bias }) => ({
      weight: tf.clone(weight),
      bias: tf.clone(bias),
    }));
  }

  dispose(): void {
    tf.dispose(this.#layers.flatMap(({ weight, bias }) => [weight, bias]));
  }

  protected run(images: tf.Tensor4D) {
    const { logits, hidden } = runDenseLayers(images, this.#layers);
    return { logits, activations: hidden };
  }

  protected featuresOf(hidden: readonly tf.Tensor2D[]): tf.Tensor4D[] {
    return hidden.map((x) => tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]]));
  }

  protected tensorsOf(hidden: readonly tf.Tensor2D[]): tf.Tensor[] {
    return [...hidden];
  }

  protected back(
    dLogits: tf.Tensor2D,
    hidden: readonly tf.Tensor2D[],
    [, height, width, channels]: number[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D {
    let gradient: tf.Tensor = dLogits;
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      gradient = tf.matMul(gradient, this.#layers[index].weight, false, true);
      if (index > 0) gradient = masked(gradient, hidden[index - 1], rows);
    }
    return tf.reshape(gradient, [dLogits.shape[0], height, width, channels]);
  }
}
