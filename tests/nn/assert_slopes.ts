import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import type { NetworkOutput } from "../../lib/nn/network.ts";
import type { ImageNetwork } from "../../lib/nn/image_network.ts";
import { weightedSum } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { valuesOfAll } from "../values_of.ts";

/**
 * Compares the gradient of each parameter of a network in training mode with a central difference
 * along the gradient itself, where the change is largest relative to the rounding.
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
    const step = 1e-3;
    const [[norm], [ahead], [behind]] = await valuesOfAll(() => {
      const gradient = grads[variable.name];
      const norm = tf.norm(gradient);
      const direction = tf.div(gradient, norm);
      const start = tf.clone(variable);
      const at = (t: number) => {
        variable.assign(tf.add(start, tf.mul(direction, t)));
        return loss();
      };
      const values = [norm, at(step), at(-step)];
      variable.assign(start);
      return values;
    });
    assertClose([norm], [(ahead - behind) / (2 * step)], 0.05, `slope of ${name}`);
  }
  tf.dispose([value, ...Object.values(grads)]);
}

/** Compares the gradient of a frozen network with respect to its images in the same way. */
export async function assertImageSlope(
  frozen: FrozenClassifier,
  imagesOf: () => tf.Tensor4D,
  { step, tolerance }: { readonly step: number; readonly tolerance: number },
): Promise<void> {
  const [[norm], [ahead], [behind]] = await valuesOfAll(() => {
    const images = imagesOf();
    const pass = frozen.pullback(images);
    const gradient = pass.toImages(tf.grad(weightedSum)(pass.logits) as tf.Tensor2D);
    pass.dispose();
    pass.logits.dispose();
    const norm = tf.norm(gradient);
    const direction = tf.div(gradient, norm);
    const at = (t: number) => weightedSum(frozen.logits(tf.add(images, tf.mul(direction, t))));
    return [norm, at(step), at(-step)];
  });
  assertClose([norm], [(ahead - behind) / (2 * step)], tolerance, "slope");
}
