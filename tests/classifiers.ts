import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier } from "../lib/nn/frozen_classifier.ts";
import { uniformNumbers } from "./numbers.ts";

/**
 * Makes a classifier with logits that are linear in the pixels, so that robust accuracies are
 * known. With two classes, an image withstands a whole ball exactly if its gap is above ε times the
 * dual norm of the weights' difference.
 *
 * @param weights `[pixels, classes]`, row-major
 */
export function linearClassifier(
  weights: readonly number[],
  bias: readonly number[],
): FrozenClassifier {
  const classes = bias.length;
  const matrix = () => tf.tensor2d([...weights], [weights.length / classes, classes]);
  const logits = (images: tf.Tensor4D): tf.Tensor2D =>
    tf.tidy(() =>
      tf.add(tf.matMul(images.reshape([images.shape[0], -1]), matrix()), tf.tensor1d([...bias]))
    );
  return {
    classes,
    logits,
    pullback: (images) => ({
      logits: logits(images),
      toImages: (dLogits) =>
        tf.tidy(() =>
          tf.matMul(dLogits, matrix(), false, true).reshape([-1, ...images.shape.slice(1)])
        ),
      dispose() {},
    }),
    dispose() {},
  };
}

/** Makes a linear classifier with random weights, for images of `pixels` values. */
export function randomLinear(pixels: number, classes: number): FrozenClassifier {
  const weights = uniformNumbers(pixels * classes, "linear classifier");
  return linearClassifier([...weights], Array(classes).fill(0));
}

/**
 * Makes a classifier without a gradient: it has the same logits for every image. An image that is not
 * finite gives logits that are not.
 */
export function constantClassifier(logits: readonly number[]): FrozenClassifier {
  const classifier: FrozenClassifier = {
    classes: logits.length,
    logits: (x) =>
      tf.tidy(() => {
        const nothing = tf.reshape(tf.mul(tf.sum(x, [1, 2, 3]), 0), [-1, 1]);
        return tf.add(nothing, tf.tensor2d([[...logits]]));
      }),
    pullback: (x) => ({
      logits: classifier.logits(x),
      toImages: (dLogits) => tf.zeros([dLogits.shape[0], x.shape[1], x.shape[2], x.shape[3]]),
      dispose() {},
    }),
    dispose() {},
  };
  return classifier;
}

/** Makes a classifier that returns probabilities instead of logits. */
export function withSoftmax(classifier: FrozenClassifier): FrozenClassifier {
  return {
    ...classifier,
    logits: (images) => tf.tidy(() => tf.softmax(classifier.logits(images))),
    pullback(images) {
      const pass = classifier.pullback(images);
      const probabilities = tf.softmax(pass.logits);
      return {
        logits: probabilities.clone(),
        toImages: (dLogits, rows) =>
          tf.tidy(() => {
            const p = rows ? tf.gather(probabilities, rows) : probabilities;
            const expected = tf.sum(tf.mul(p, dLogits), 1, true);
            return pass.toImages(tf.mul(p, tf.sub(dLogits, expected)), rows);
          }),
        dispose() {
          pass.dispose();
          tf.dispose([pass.logits, probabilities]);
        },
      };
    },
  };
}

/** Makes a classifier whose logits have new noise in each pass. */
export function withNoise(classifier: FrozenClassifier, random: () => number): FrozenClassifier {
  const noisy = (logits: tf.Tensor2D): tf.Tensor2D => {
    const noise = Float32Array.from({ length: logits.size }, () => 2 * random() - 1);
    return tf.tidy(() => tf.add(logits, tf.tensor2d(noise, logits.shape)));
  };
  return {
    ...classifier,
    logits: (images) => tf.tidy(() => noisy(classifier.logits(images))),
    pullback(images) {
      const pass = classifier.pullback(images);
      const logits = noisy(pass.logits);
      pass.logits.dispose();
      return {
        logits,
        toImages: (dLogits, rows) => pass.toImages(dLogits, rows),
        dispose: () => pass.dispose(),
      };
    },
  };
}
