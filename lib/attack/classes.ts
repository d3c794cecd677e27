import * as tf from "@tensorflow/tfjs";
import { UserError } from "../user_error.ts";

/** @throws UserError unless there is one pair of two different classes for each image */
export function checkClasses(
  count: number,
  classes: number,
  baseClass: ArrayLike<number>,
  targetClass: ArrayLike<number>,
): void {
  if (baseClass.length !== count || targetClass.length !== count) {
    throw new UserError(
      `${count} images need as many base and target classes, ` +
        `but there are ${baseClass.length} and ${targetClass.length}`,
    );
  }
  for (let i = 0; i < count; i++) {
    const [base, target] = [baseClass[i], targetClass[i]];
    const valid = (k: number) => Number.isInteger(k) && k >= 0 && k < classes;
    if (!valid(base) || !valid(target) || base === target) {
      throw new UserError(
        `image ${i} is to go from class ${base} to class ${target}; ` +
          `give two different classes from 0 to ${classes - 1}`,
      );
    }
  }
}

/** One row a sample: 1 at its base class, −1 at its target class, 0 elsewhere, `[n, classes]`. */
export function classDifference(
  baseClass: readonly number[],
  targetClass: readonly number[],
  classes: number,
): tf.Tensor2D {
  const difference = new Float32Array(baseClass.length * classes);
  baseClass.forEach((base, i) => difference[i * classes + base] = 1);
  targetClass.forEach((target, i) => difference[i * classes + target] = -1);
  return tf.tensor2d(difference, [baseClass.length, classes]);
}
