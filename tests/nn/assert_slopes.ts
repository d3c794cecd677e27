import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import type { NetworkOutput } from "../../lib/nn/network.ts";
import type { ImageNetwork } from "../../lib/nn/image_network.ts";
import { weightedSum } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { valuesOfAll } from "../values_of.ts";

/**
 * Compares the gradient of each parameter of a network in training mode with central differences.
 *
 * @param lossOf Default: the weighted sum of the logits
 */
export async function assertSlopes(
  network: ImageNetwork,
  images: tf.Tensor4D,
  lossOf: (output: NetworkOutput) => tf.Scalar = ({ logits }) => weightedSum(logits),
): Promise<void> {
  const loss = () => lossOf(network.forward(images, { training: true }));
  const { value, grads } = tf.variableGrads(loss, [...network.parameters.values()]);
  for (const [name, variable] of network.parameters) {
    const lossAt = (moved: tf.Tensor) => {
      const start = tf.clone(variable);
      variable.assign(moved);
      const there = loss();
      variable.assign(start);
      return there;
    };
    await assertSlope(name, lossAt, variable, grads[variable.name], 1e-3, 0.05);
  }
  tf.dispose([value, ...Object.values(grads)]);
}

/** Compares the gradient of a frozen network with respect to its images in the same way. */
export async function assertImageSlope(
  frozen: FrozenClassifier,
  imagesOf: () => tf.Tensor4D,
  { step, tolerance }: { readonly step: number; readonly tolerance: number },
): Promise<void> {
  const images = imagesOf();
  const gradient = tf.tidy(() => {
    const pass = frozen.pullback(images);
    const gradient = pass.toImages(tf.grad(weightedSum)(pass.logits) as tf.Tensor2D);
    pass.dispose();
    pass.logits.dispose();
    return gradient;
  });
  const lossAt = (moved: tf.Tensor) => weightedSum(frozen.logits(moved as tf.Tensor4D));
  await assertSlope("the images", lossAt, images, gradient, step, tolerance);
  tf.dispose([images, gradient]);
}

/**
 * Compares a gradient with central differences along itself, where the change is largest relative to
 * the rounding, and along a random direction, where entries that are wrongly zero show.
 */
async function assertSlope(
  name: string,
  lossAt: (moved: tf.Tensor) => tf.Scalar,
  start: tf.Tensor,
  gradient: tf.Tensor,
  step: number,
  tolerance: number,
): Promise<void> {
  const [[norm], [ahead], [behind], [slope], [randomAhead], [randomBehind]] = await valuesOfAll(
    () => {
      const norm = tf.norm(gradient);
      const along = tf.div(gradient, norm);
      const numbers = tf.tensor(uniformNumbers(start.size, `direction ${name}`), start.shape);
      const random = tf.div(numbers, tf.norm(numbers));
      const at = (direction: tf.Tensor, t: number) => lossAt(tf.add(start, tf.mul(direction, t)));
      const slope = tf.sum(tf.mul(gradient, random));
      return [norm, at(along, step), at(along, -step), slope, at(random, step), at(random, -step)];
    },
  );
  assertClose([norm], [(ahead - behind) / (2 * step)], tolerance, `slope of ${name}`);
  // A random slope is about this large.
  const typical = norm / Math.sqrt(start.size);
  const error = Math.abs(slope - (randomAhead - randomBehind) / (2 * step));
  assert(
    error <= 2 * tolerance * typical,
    `${name}: a random slope is off by ${error}, where ${typical} is typical`,
  );
}
