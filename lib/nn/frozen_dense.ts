import * as tf from "@tensorflow/tfjs";
import {
  type DenseLayer,
  type DenseNetwork,
  type DenseOutput,
  runDenseLayers,
} from "./dense_network.ts";
import type { FrozenNetwork, Pullback } from "./frozen_classifier.ts";
import type { NetworkOutput } from "./network.ts";

/**
 * A frozen copy of a dense network. Later changes of the network do not affect it, and its backward
 * pass never computes a gradient of a weight.
 */
export class FrozenDense implements FrozenNetwork {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #layers: readonly DenseLayer[];

  constructor(network: DenseNetwork) {
    this.classes = network.widths.at(-1)!;
    this.featureChannels = network.featureChannels;
    // A clone keeps its values when the variable gets new ones.
    this.#layers = network.layers().map(({ weight, bias }) => ({
      weight: tf.clone(weight),
      bias: tf.clone(bias),
    }));
  }

  logits(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => runDenseLayers(images, this.#layers).logits);
  }

  forward(images: tf.Tensor4D): NetworkOutput {
    const { logits, hidden } = keptPass(images, this.#layers);
    const features = hidden.map((x) => x.reshape([x.shape[0], 1, 1, x.shape[1]]) as tf.Tensor4D);
    tf.dispose([...hidden]);
    return { logits, features };
  }

  pullback(images: tf.Tensor4D): Pullback {
    const { logits, hidden } = keptPass(images, this.#layers);
    return {
      logits,
      toImages: (dLogits, rows) =>
        tf.tidy(() => this.#backward(dLogits, hidden, images.shape, rows)),
      dispose: () => tf.dispose([...hidden]),
    };
  }

  dispose(): void {
    tf.dispose(this.#layers.flatMap(({ weight, bias }) => [weight, bias]));
  }

  #backward(
    dLogits: tf.Tensor2D,
    hidden: DenseOutput["hidden"],
    [, height, width, channels]: number[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D {
    let gradient: tf.Tensor = dLogits;
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      gradient = tf.matMul(gradient, this.#layers[index].weight, false, true);
      if (index === 0) break;
      const output = hidden[index - 1];
      gradient = tf.mul(gradient, tf.step(rows ? tf.gather(output, rows) : output));
    }
    return tf.reshape(gradient, [dLogits.shape[0], height, width, channels]);
  }
}

/** Makes a pass and keeps its outputs, of which the caller disposes. */
function keptPass(images: tf.Tensor4D, layers: readonly DenseLayer[]): DenseOutput {
  let output!: DenseOutput;
  tf.tidy(() => {
    output = runDenseLayers(images, layers);
    for (const tensor of [output.logits, ...output.hidden]) tf.keep(tensor);
  });
  return output;
}
