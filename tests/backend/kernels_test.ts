import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { uniformNumbers } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";

onEveryBackend("gather has a gradient that adds up rows taken twice", () => {
  tf.tidy(() => {
    const x = tf.tensor(uniformNumbers(4 * 3, "x"), [4, 3]);
    const indices = tf.tensor1d([2, 0, 2], "int32");
    const gradient = tf.grad((x) => tf.sum(tf.gather(x, indices)))(x);
    assertEquals([...gradient.dataSync()], [1, 1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 0]);
    checkGradients((x) => weightedSum(tf.gather(x, indices)), [x], { step: 1, tolerance: 1e-4 });
  });
});

onEveryBackend("unsortedSegmentSum leaves out ids that are out of range", () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[1, 2], [3, 4], [5, 6]]);
    const sums = tf.unsortedSegmentSum(x, tf.tensor1d([1, 1, -1], "int32"), 2);
    assertEquals([...sums.dataSync()], [0, 0, 4, 6]);
  });
});

const slices: { shape: number[]; begin: number[]; size: number[] }[] = [
  { shape: [5], begin: [1], size: [3] },
  { shape: [4, 3], begin: [1, 0], size: [2, 3] },
  { shape: [4, 3], begin: [1, 1], size: [2, 1] },
  { shape: [3, 4, 5], begin: [1, 1, 2], size: [2, 2, 2] },
  { shape: [2, 3, 4, 5], begin: [0, 1, 1, 0], size: [2, 2, 2, 5] },
  { shape: [2, 3, 4, 5], begin: [1, 0, 0, 2], size: [1, 3, 4, 3] },
  { shape: [2, 2, 2, 2, 3], begin: [0, 1, 0, 1, 1], size: [2, 1, 2, 1, 2] },
  { shape: [4, 3], begin: [0, 0], size: [0, 3] },
];

for (const { shape, begin, size } of slices) {
  onEveryBackend(`slice [${size}] at [${begin}] of [${shape}] takes the right entries`, () => {
    tf.tidy(() => {
      const count = shape.reduce((product, side) => product * side, 1);
      const x = tf.tensor(Float32Array.from({ length: count }, (_, index) => index), shape);
      assertEquals([...tf.slice(x, begin, size).dataSync()], expectedSlice(shape, begin, size));
      const whole = tf.tensor(Int32Array.from({ length: count }, (_, i) => i), shape, "int32");
      assertEquals([...tf.slice(whole, begin, size).dataSync()], expectedSlice(shape, begin, size));
    });
  });
}

/** The flat positions that a slice takes, by counting. */
function expectedSlice(shape: number[], begin: number[], size: number[]): number[] {
  const count = shape.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, flat) => flat).filter((flat) => {
    let rest = flat;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const position = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
      if (position < begin[axis] || position >= begin[axis] + size[axis]) return false;
    }
    return true;
  });
}
