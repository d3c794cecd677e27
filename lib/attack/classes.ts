import * as tf from "@tensorflow/tfjs";
import type { AttackClasses } from "./attack.ts";
import { UserError } from "../user_error.ts";

/**
 * @throws UserError unless there is a class for each image to leave and, where targets are given,
 * another one for it to reach
 */
export function checkClasses(
  count: number,
  classes: number,
  { labels, targets }: AttackClasses,
): void {
  if (labels.length !== count || (targets && targets.length !== count)) {
    throw new UserError(
      `${count} images need as many labels and targets, but there are ${labels.length}` +
        (targets ? ` and ${targets.length}` : " labels"),
    );
  }
  const valid = (k: number) => Number.isInteger(k) && k >= 0 && k < classes;
  for (let i = 0; i < count; i++) {
    if (valid(labels[i]) && (!targets || (valid(targets[i]) && targets[i] !== labels[i]))) continue;
    throw new UserError(
      targets
        ? `image ${i} is to go from class ${labels[i]} to class ${targets[i]}; ` +
          `give two different classes from 0 to ${classes - 1}`
        : `image ${i} is to leave class ${labels[i]}; give a class from 0 to ${classes - 1}`,
    );
  }
}

/** The classes of some of the images. */
export function classesOf(
  { labels, targets }: AttackClasses,
  samples: readonly number[],
): { readonly labels: readonly number[]; readonly targets?: readonly number[] } {
  const of = (list: ArrayLike<number>) => samples.map((sample) => list[sample]);
  return { labels: of(labels), targets: targets && of(targets) };
}

/** One row a sample: 1 at the class `plus`, −1 at the class `minus`, 0 elsewhere, `[n, classes]`. */
export function classDifference(
  plus: readonly number[],
  minus: readonly number[],
  classes: number,
): tf.Tensor2D {
  const difference = new Float32Array(plus.length * classes);
  plus.forEach((k, i) => difference[i * classes + k] = 1);
  minus.forEach((k, i) => difference[i * classes + k] = -1);
  return tf.tensor2d(difference, [plus.length, classes]);
}
