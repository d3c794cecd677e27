import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { uniformNumbers } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

onEveryBackend("gather has a gradient that adds up repeated rows", async () => {
  const input = () => tf.tensor(uniformNumbers(4 * 3, "x"), [4, 3]);
  const gather = (x: tf.Tensor) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32"));
  const gradient = await valuesOf(() => tf.grad((x) => tf.sum(gather(x)))(input()));
  assertEquals(gradient, [1, 1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 0]);
  await checkGradients((x) => weightedSum(gather(x)), () => [input()], {
    step: 1,
    tolerance: 1e-4,
  });
});

onEveryBackend("unsortedSegmentSum leaves out ids that are out of range", async () => {
  const sums = await valuesOf(() => {
    const x = tf.tensor2d([[1, 2], [3, 4], [5, 6]]);
    return tf.unsortedSegmentSum(x, tf.tensor1d([1, 1, -1], "int32"), 2);
  });
  assertEquals(sums, [0, 0, 4, 6]);
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
  onEveryBackend(
    `slice [${size}] at [${begin}] of [${shape}] takes the right entries`,
    async () => {
      const count = shape.reduce((product, side) => product * side, 1);
      for (const dtype of ["float32", "int32"] as const) {
        const taken = await valuesOf(() => {
          const x = tf.tensor(Array.from({ length: count }, (_, index) => index), shape, dtype);
          return tf.slice(x, begin, size);
        });
        assertEquals(taken, expectedSlice(shape, begin, size));
      }
    },
  );
}

/** Lists the flat positions that a slice takes. */
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
