import * as tf from "@tensorflow/tfjs";
import type { GoldenFile, GoldenFolder } from "./golden_folder.ts";
import { pixelClassifier } from "../attack/pixel_space.ts";
import { CIFAR10_NORMALISATION } from "../data/cifar10.ts";
import { frozenOf } from "../nn/freeze.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { readResNet } from "../nn/weights_file.ts";
import { UserError } from "../user_error.ts";

/** The tolerance of the mean norm of perturbations. */
export const MEAN_NORM = 0.02;

/** Images with a classifier to attack; the numbers of the file hold their labels. */
export interface AttackProblem extends Disposable {
  readonly golden: GoldenFile;
  readonly classifier: FrozenClassifier;
  readonly images: tf.Tensor4D;
}

/** Reads the images of the reference attacks, pixels in 0…1, and the teacher as their classifier. */
export async function attackProblem(folder: GoldenFolder): Promise<AttackProblem> {
  const golden = await folder.read("attacks.safetensors");
  const { data, shape } = golden.nhwc("images_u8");
  const teacher = frozenOf((await readResNet(folder.networkFile("teacher"))).network);
  const images = tf.tensor4d(Float32Array.from(data, (value) => value / 255), shape);
  return {
    golden,
    classifier: pixelClassifier(teacher, CIFAR10_NORMALISATION),
    images,
    [Symbol.dispose]() {
      images.dispose();
      teacher.dispose();
    },
  };
}

/**
 * Reads a number in a tensor's name.
 *
 * @throws UserError if the name does not have it
 */
export function settingOf(name: string, setting: string): number {
  const value = new RegExp(`_${setting}([0-9.]+)(_|$)`).exec(name)?.[1];
  if (value === undefined) {
    throw new UserError(
      `tensor "${name}" does not give ${setting}; its name must contain "_${setting}<number>"`,
    );
  }
  return Number(value);
}
