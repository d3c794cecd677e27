import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { onOnednn } from "./on_onednn.ts";
import { assertClose, uniformNumbers } from "../../numbers.ts";

const SIZE = 4096;

onOnednn("values that were read do not change after the tensor is disposed of", async () => {
  const x = tf.fill([SIZE], 1);
  const sum = tf.add(x, x);
  const values = await sum.data();
  sum.dispose();
  const other = tf.tidy(() => tf.mul(x, tf.fill([SIZE], 7)));
  assert(values.every((value) => value === 2));
  tf.dispose([x, other]);
});

onOnednn("a slice does not change after its source is disposed of", async () => {
  const part = tf.tidy(() => {
    const x = tf.fill([SIZE], 1);
    return tf.slice(tf.add(x, x), [16], [32]);
  });
  const other = tf.tidy(() => tf.mul(tf.fill([SIZE], 3), tf.fill([SIZE], 3)));
  assert((await part.data()).every((value) => value === 2));
  tf.dispose([part, other]);
});

onOnednn("operations do not change the array that a tensor was made from", () => {
  const values = uniformNumbers(SIZE, "values");
  const before = values.slice();
  tf.tidy(() => void tf.mul(tf.tensor1d(values), tf.tensor1d(values)));
  assertEquals(values, before);
});

onOnednn("memory does not grow over many steps", (backend) => {
  const x = tf.tensor(uniformNumbers(8 * 16 * 16 * 16, "x"), [8, 16, 16, 16]) as tf.Tensor4D;
  const filter = tf.tidy(() =>
    tf.variable(tf.tensor(uniformNumbers(9 * 16 * 16, "w"), [3, 3, 16, 16]))
  ) as tf.Variable<tf.Rank.R4>;
  const step = () =>
    tf.tidy(() => {
      tf.variableGrads(() => tf.sum(tf.square(tf.relu(tf.conv2d(x, filter, 1, 1)))) as tf.Scalar);
    });
  step();
  step();
  const before = backend.arena.usage;
  for (let k = 0; k < 100; k++) step();
  assertEquals(backend.arena.usage, before);
  tf.dispose([x, filter]);
});

onOnednn("integers and strings work as on any backend", () => {
  tf.tidy(() => {
    const sum = tf.add(tf.range(0, SIZE, 1, "int32"), tf.scalar(1, "int32"));
    assertEquals([sum.dtype, sum.dataSync()[SIZE - 1]], ["int32", SIZE]);
    assertEquals(tf.tensor1d(["a", "b"]).dataSync() as unknown, ["a", "b"]);
  });
});

onOnednn("tensors move between this backend and another", async (backend) => {
  const x = tf.tidy(() => tf.add(tf.fill([SIZE], 1), tf.fill([SIZE], 2)));
  assert(backend.numDataIds() > 0);
  await tf.setBackend("cpu");
  const y = tf.mul(x, 2);
  assertEquals((await y.data())[SIZE - 1], 6);
  await tf.setBackend("onednn");
  const z = tf.mul(y, y);
  assertEquals((await z.data())[0], 36);
  tf.dispose([x, y, z]);
});

const numbers = (shape: number[], seed: string) =>
  tf.tensor(uniformNumbers(shape.reduce((product, extent) => product * extent), seed), shape);
const maps = () => numbers([1, 5, 5, 8], "maps") as tf.Tensor4D;

for (
  const [name, run] of [
    ["a sum over axes in any order", () => tf.sum(numbers([4, 2, 4, 64], "x"), [0, 3, 2])],
    ["the largest over axes in any order", () => tf.max(numbers([4, 16, 4, 8], "x"), [3, 1])],
    ["windows of one size at several strides", () =>
      tf.concat([
        tf.avgPool(maps(), 2, 3, "valid"),
        tf.avgPool(maps(), 2, 2, "valid"),
      ])],
    ["a number of windows that is rounded up", () => tf.avgPool(maps(), 2, 2, 0, "ceil")],
    ["a convolution with one bias for all channels", () =>
      tf.fused.conv2d({
        x: numbers([1, 8, 8, 3], "images") as tf.Tensor4D,
        filter: numbers([3, 3, 3, 64], "filter") as tf.Tensor4D,
        strides: 1,
        pad: 1,
        bias: tf.tensor1d([5]),
      })],
  ] as const
) {
  onOnednn(`${name} is that of plain JavaScript`, async () => {
    const values: Float32Array[] = [];
    for (const backend of ["onednn", "cpu"]) {
      await tf.setBackend(backend);
      const result = tf.tidy(run);
      values.push(await result.data<"float32">());
      result.dispose();
    }
    await tf.setBackend("onednn");
    assertClose(values[0], values[1], 1e-5);
  });
}

onOnednn("opening the library leaves no setting of its threads to other programs", () => {
  assertEquals(Deno.env.get("GOMP_SPINCOUNT"), undefined);
});
