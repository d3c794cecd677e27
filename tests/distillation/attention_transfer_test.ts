import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { attentionMap, attentionTransfer } from "../../lib/distillation/attention.ts";
import { UserError } from "../../lib/user_error.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";

function features(seed: string, channels: number): tf.Tensor4D {
  return tf.tensor4d(uniformNumbers(2 * 12 * channels, seed), [2, 3, 4, channels]);
}

onUsableBackends("attentionMap() is the normalised mean of squares over channels", async () => {
  const values = features("map", 5);
  const map = tf.tidy(() => attentionMap(values));
  const rows = await map.array();
  const plain = (await values.array()).map((image) =>
    image.flat().map((pixel) => pixel.reduce((sum, value) => sum + value ** 2 / 5, 0))
  );
  plain.forEach((row, i) => {
    const norm = Math.hypot(...row);
    assertClose(rows[i], row.map((value) => value / norm), 1e-5);
  });
  tf.dispose([values, map]);
});

onUsableBackends(
  "attentionTransfer() has a gradient that agrees with finite differences",
  async () => {
    await checkGradients(
      (student) => tf.mul(attentionTransfer(features("teacher", 3), student as tf.Tensor4D), 100),
      () => [features("student", 5)],
    );
  },
);

onUsableBackends(
  "attentionTransfer() is zero for the same map at any scale, and finite for zeros",
  async () => {
    const [[ofScaled], [ofZeros], gradient] = await valuesOfAll(() => {
      const teacher = features("teacher", 3);
      const { value, grad } = tf.valueAndGrad((s) => attentionTransfer(teacher, s as tf.Tensor4D))(
        tf.zerosLike(teacher),
      );
      return [attentionTransfer(teacher, tf.mul(teacher, 7)), value, grad];
    });
    assertAlmostEquals(ofScaled, 0, 1e-10);
    assert(Number.isFinite(ofZeros));
    assert(gradient.every(Number.isFinite));
  },
);

Deno.test("attentionTransfer() names the sizes of maps that cannot be compared", () => {
  tf.tidy(() => {
    assertEquals(attentionTransfer(features("a", 3), features("b", 4)).shape, []);
    const other = tf.zeros([2, 2, 4, 3]) as tf.Tensor4D;
    assertThrows(() => attentionTransfer(other, features("b", 4)), UserError, "2×4 and 3×4");
  });
});

Deno.test("attentionTransfer() refuses maps of one position", () => {
  tf.tidy(() => {
    const [teacher, student] = [tf.ones([2, 1, 1, 3]), tf.ones([2, 1, 1, 4])] as tf.Tensor4D[];
    assertThrows(() => attentionTransfer(teacher, student), UserError, "1×1 has one place only");
  });
});
