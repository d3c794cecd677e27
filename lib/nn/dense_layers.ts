import * as tf from "@tensorflow/tfjs";

/** One fully connected layer, `x·weight + bias`. */
export interface DenseLayer {
  /** `[inputs, outputs]` */
  readonly weight: tf.Tensor2D;
  /** `[outputs]` */
  readonly bias: tf.Tensor1D;
}

/** What a pass through dense layers gives. */
export interface DenseOutput {
  /** `[n, classes]`, of the last layer */
  readonly logits: tf.Tensor2D;
  /** `[n, width]` each: the other layers, behind their ReLU */
  readonly hidden: readonly tf.Tensor2D[];
}

/** @param images `[n, h, w, c]` with h·w·c the inputs of the first layer */
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
