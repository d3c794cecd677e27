import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { bssAttackOptions } from "../attack/bss.ts";
import { parseNetwork } from "../nn/network_families.ts";
import { calibratedNetwork } from "./calibrated_network.ts";
import type { Workload } from "./workload.ts";

const SIDE = 32;
const CHANNELS = 3;
const CLASSES = 10;

/** The side of a class's coarse pattern, in cells of 8 pixels. */
const PATTERN = 4;

/** The share of noise in an image. */
const NOISE = 0.3;

/** The number of images for the statistics of batch-norm and of the classes. */
const CALIBRATION_IMAGES = 64;

/** Options of a random step. */
export interface RandomWorkloadOptions {
  readonly batch: number;
  /** "resnet8", … */
  readonly student: string;
  readonly teacher: string;
}

/** The paper's batch size and the authors' networks for CIFAR-10. */
export const RANDOM_WORKLOAD: RandomWorkloadOptions = {
  batch: 256,
  student: "resnet8",
  teacher: "resnet26",
};

/**
 * Makes a step with the paper's shapes from random images and random networks, for machines without
 * the reference numbers.
 *
 * To a random network, images of pure noise all look alike: teacher and student would agree on all
 * images or on none, and there might be no attack to time. So each image is the coarse random
 * pattern of its class plus noise, and the networks' linear layers are fitted to the classes. Both
 * networks then classify nearly every image correctly. A quarter of the images is attacked, and
 * most cross in one or two steps, as with the authors' teacher.
 */
export async function randomWorkload(
  options: Partial<RandomWorkloadOptions> = {},
): Promise<Workload> {
  const { batch, student, teacher } = { ...RANDOM_WORKLOAD, ...options };
  const random = seedrandom("bench") as () => number;
  const patterns = Array.from(
    { length: CLASSES },
    () => Array.from({ length: PATTERN ** 2 * CHANNELS }, () => 3 * random() - 1.5),
  );
  const labels = Int32Array.from({ length: batch }, (_, i) => i % CLASSES);
  const images = new Float32Array(batch * SIDE ** 2 * CHANNELS);
  images.forEach((_, i) => {
    const channel = i % CHANNELS;
    const x = Math.floor(i / CHANNELS) % SIDE;
    const y = Math.floor(i / CHANNELS / SIDE) % SIDE;
    const label = labels[Math.floor(i / CHANNELS / SIDE ** 2)];
    const cell = Math.floor(y * PATTERN / SIDE) * PATTERN + Math.floor(x * PATTERN / SIDE);
    images[i] = patterns[label][cell * CHANNELS + channel] + NOISE * (4 * random() - 2);
  });

  const count = Math.min(batch, CALIBRATION_IMAGES);
  const size = SIDE ** 2 * CHANNELS;
  const some = tf.tensor4d(images.subarray(0, count * size), [count, SIDE, SIDE, CHANNELS]);
  const network = (name: string) =>
    calibratedNetwork(
      { ...parseNetwork(name), channels: CHANNELS, classes: CLASSES },
      some,
      labels.subarray(0, count),
      seedrandom(name) as () => number,
    );
  const baseSamples = Math.max(1, Math.round(batch / 4));
  const workload = {
    description: `${batch} random images in ${CLASSES} classes`,
    images,
    shape: [batch, SIDE, SIDE, CHANNELS] as const,
    labels,
    uniform: Float32Array.from({ length: baseSamples }, () => random()),
    teacher: await network(teacher),
    student: await network(student),
    settings: {
      eta: bssAttackOptions.eta.default,
      maxSteps: bssAttackOptions.maxSteps.default,
      baseSamples,
      temperature: 3,
    },
  };
  some.dispose();
  return workload;
}
