import * as tf from "@tensorflow/tfjs";
import { standardNormal } from "../nn/standard_normal.ts";

/** The variables of a 1×1 convolution. */
export type Regressor = ReadonlyMap<string, tf.Variable>;

/**
 * A 1×1 convolution that brings feature maps to other channels: its filter from N(0, 2/C_out), as the
 * networks' (He et al. 2015), its bias zero.
 *
 * @param random numbers in [0, 1); the same ones give the same regressor on every backend
 */
export function createRegressor(
  inChannels: number,
  outChannels: number,
  random: () => number,
): Regressor {
  const std = Math.sqrt(2 / outChannels);
  const filter = Float32Array.from(
    { length: inChannels * outChannels },
    () => std * standardNormal(random),
  );
  const regressor = new Map<string, tf.Variable>();
  tf.tidy(() => {
    regressor.set(
      "regressor.weight",
      tf.variable(tf.tensor4d(filter, [1, 1, inChannels, outChannels])),
    );
    regressor.set("regressor.bias", tf.variable(tf.zeros([outChannels])));
  });
  return regressor;
}

/** `[n, h, w, inChannels]` → `[n, h, w, outChannels]`. */
export function regress(map: tf.Tensor4D, regressor: Regressor): tf.Tensor4D {
  const filter = regressor.get("regressor.weight") as tf.Tensor4D;
  return tf.add(tf.conv2d(map, filter, 1, 0), regressor.get("regressor.bias")!);
}
