import * as tf from "@tensorflow/tfjs";
import type { Network, NetworkOutput } from "./network.ts";
import { standardNormal } from "./initialise.ts";
import { UserError } from "../user_error.ts";

/**
 * A fully connected ReLU network for problems that are small enough to draw. Training and inference
 * mode are the same.
 */
export class DenseNetwork implements Network {
  /** The inputs, the width of each hidden layer, and the classes. */
  readonly widths: readonly number[];
  readonly parameters = new Map<string, tf.Variable>();
  readonly featureChannels: readonly number[];

  /**
   * Draws the weights from N(0, 2/inputs) (He et al. 2015); biases are zero.
   *
   * @param widths inputs, hidden layers and classes, for example [2, 32, 32, 3]
   * @param random numbers in [0, 1); the same numbers give the same network on every backend
   * @throws UserError if the widths are not at least two positive whole numbers
   */
  constructor(widths: readonly number[], random: () => number) {
    if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0)) {
      throw new UserError(
        `the widths of a dense network are [${widths.join(", ")}], but must be at least two ` +
          `positive whole numbers: inputs, hidden layers, classes`,
      );
    }
    this.widths = widths;
    this.featureChannels = widths.slice(1, -1);
    for (let index = 0; index + 1 < widths.length; index++) {
      const [inputs, outputs] = [widths[index], widths[index + 1]];
      const std = Math.sqrt(2 / inputs);
      const weight = Float32Array.from(
        { length: inputs * outputs },
        () => std * standardNormal(random),
      );
      tf.tidy(() => {
        this.parameters.set(
          `layer${index + 1}.weight`,
          tf.variable(tf.tensor2d(weight, [inputs, outputs])),
        );
        this.parameters.set(`layer${index + 1}.bias`, tf.variable(tf.zeros([outputs])));
      });
    }
  }

  /** Makes a forward pass over images `[n, h, w, c]`, where h·w·c are the network's inputs. */
  forward(images: tf.Tensor4D): NetworkOutput {
    const { logits, hidden } = runDenseLayers(images, this.layers());
    return { logits, features: hidden.map((x) => x.reshape([x.shape[0], 1, 1, x.shape[1]])) };
  }

  /** Returns the network's own weights, first layer to last; do not dispose of them. */
  layers(): DenseLayer[] {
    return this.widths.slice(1).map((_, index) => ({
      weight: this.parameters.get(`layer${index + 1}.weight`) as tf.Tensor2D,
      bias: this.parameters.get(`layer${index + 1}.bias`) as tf.Tensor1D,
    }));
  }

  variables(): [name: string, variable: tf.Variable][] {
    return [...this.parameters];
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}

/** One fully connected layer, `x·weight + bias`. */
export interface DenseLayer {
  /** `[inputs, outputs]` */
  readonly weight: tf.Tensor2D;
  /** `[outputs]` */
  readonly bias: tf.Tensor1D;
}

/** The output of a pass through dense layers. */
interface DenseOutput {
  /** `[n, classes]`, the output of the last layer. */
  readonly logits: tf.Tensor2D;
  /** `[n, width]` each: the outputs of the other layers after their ReLU. */
  readonly hidden: readonly tf.Tensor2D[];
}

/** @param images `[n, h, w, c]`, where h·w·c are the inputs of the first layer */
export function runDenseLayers(images: tf.Tensor4D, layers: readonly DenseLayer[]): DenseOutput {
  const [first] = layers;
  let x = tf.reshape(images, [images.shape[0], first.weight.shape[0]]) as tf.Tensor2D;
  const outputs = layers.map(({ weight, bias }, index) => {
    const sum = tf.add(tf.matMul(x, weight), bias) as tf.Tensor2D;
    x = index < layers.length - 1 ? tf.relu(sum) : sum;
    return x;
  });
  return { logits: outputs.at(-1)!, hidden: outputs.slice(0, -1) };
}
