import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../nn/architecture.ts";
import { initialiseResNet } from "../nn/initialise.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { type StoredNetwork, storeNetwork } from "./workload.ts";

/** The mean difference between the logit of an image's class and that of an average class. */
const MARGIN = 4;

/** A new network's running mean and variance, and the share of the first pass in them. */
const INITIAL = { mean: 0, variance: 1, momentum: 0.1 };

/**
 * Makes a network that takes the time of a trained one. Its running statistics are those of the
 * images. Its linear layer chooses the class with the nearest mean features, so that nearly all
 * images are classified correctly.
 */
export async function calibratedNetwork(
  architecture: Architecture,
  images: tf.Tensor4D,
  labels: Int32Array,
  random: () => number,
): Promise<StoredNetwork> {
  const network = initialiseResNet(architecture, random);
  takeStatistics(network, images);
  await fitLinearLayer(network, images, labels);
  const stored = await storeNetwork(network);
  network.dispose();
  return stored;
}

/** Sets the running statistics to the images' own; a pass moves them a tenth of the way. */
function takeStatistics(network: ImageNetwork, images: tf.Tensor4D): void {
  tf.tidy(() => {
    network.forward(images, { training: true });
    for (const [name, running] of network.statistics) {
      const start = name.endsWith("running_mean") ? INITIAL.mean : INITIAL.variance;
      const kept = start * (1 - INITIAL.momentum);
      running.assign(tf.div(tf.sub(running, kept), INITIAL.momentum));
    }
  });
}

/**
 * Makes the linear layer a nearest-mean classifier of features f:
 * `logit_c = s · ((μ_c − μ)·f − (‖μ_c‖² − ‖μ‖²)/2)`.
 */
async function fitLinearLayer(
  network: ImageNetwork,
  images: tf.Tensor4D,
  labels: Int32Array,
): Promise<void> {
  const { classes } = network.architecture;
  const pooled = tf.tidy(() => {
    const { features } = network.forward(images, { training: false });
    return tf.mean(features.at(-1)!, [1, 2]) as tf.Tensor2D;
  });
  const rows = await pooled.array();
  pooled.dispose();
  const centre = meanOf(rows);
  const weight = centre.map(() => new Array<number>(classes).fill(0));
  const bias = new Array<number>(classes).fill(0);
  let margin = 0;
  for (let c = 0; c < classes; c++) {
    const own = rows.filter((_, i) => labels[i] === c);
    // A class without images has no mean; its logits stay 0, as for the average image.
    if (own.length === 0) continue;
    const mean = meanOf(own);
    mean.forEach((value, k) => weight[k][c] = value - centre[k]);
    bias[c] = -(squaredNorm(mean) - squaredNorm(centre)) / 2;
    margin += own.length / rows.length * squaredNorm(mean.map((value, k) => value - centre[k])) / 2;
  }
  const scale = MARGIN / (margin || 1);
  tf.tidy(() => {
    network.parameters.get("linear.weight")!.assign(tf.mul(tf.tensor2d(weight), scale));
    network.parameters.get("linear.bias")!.assign(tf.mul(tf.tensor1d(bias), scale));
  });
}

function meanOf(rows: readonly number[][]): number[] {
  return rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
}

function squaredNorm(vector: readonly number[]): number {
  return vector.reduce((sum, value) => sum + value ** 2, 0);
}
