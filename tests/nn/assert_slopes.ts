import * as tf from "@tensorflow/tfjs";
import type { ResNet } from "../../lib/nn/resnet.ts";
import { weightedSum } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";

/**
 * Holds the gradient of each parameter of a network in training mode against a central difference
 * along the gradient itself, where the change is largest against the rounding.
 */
export function assertSlopes(network: ResNet, images: tf.Tensor4D): void {
  const loss = () => weightedSum(network.forward(images, { training: true }).logits);
  const { value, grads } = tf.variableGrads(loss, [...network.parameters.values()]);
  for (const [name, variable] of network.parameters) {
    tf.tidy(() => {
      const gradient = grads[variable.name];
      const norm = tf.norm(gradient).dataSync()[0];
      const direction = tf.div(gradient, norm);
      const start = tf.clone(variable);
      const at = (t: number) => {
        variable.assign(tf.add(start, tf.mul(direction, t)));
        return loss().dataSync()[0];
      };
      const step = 3e-3;
      const numeric = (at(step) - at(-step)) / (2 * step);
      variable.assign(start);
      assertClose([norm], [numeric], 0.05, `slope of ${name}`);
    });
  }
  tf.dispose([value, ...Object.values(grads)]);
}
