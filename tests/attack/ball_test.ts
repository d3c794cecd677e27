import { assert, assertAlmostEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  imageStreams,
  NORMS,
  project,
  randomDirections,
  randomInBall,
  steepest,
} from "../../lib/attack/ball.ts";
import { rowNorms } from "../../lib/attack/row_norms.ts";
import { testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import seedrandom from "seedrandom";

const largest = async (tensor: tf.Tensor) => Math.max(...(await tensor.data()).map(Math.abs));

onUsableBackends(
  "project() brings points into ball and box, and leaves those inside alone",
  async () => {
    for (const norm of NORMS) {
      const origin = tf.tidy(() => tf.clipByValue(testImages(4), -1, 1)) as tf.Tensor4D;
      const ball = { norm, epsilon: 0.3, clamp: 1 };
      const far = tf.tidy(() => tf.add(origin, tf.mul(testImages(4), 3))) as tf.Tensor4D;
      const near = project(far, origin, ball);
      const distance = tf.tidy(() => {
        const perturbation = tf.sub(near, origin) as tf.Tensor4D;
        return norm === "l2" ? rowNorms(perturbation) : tf.abs(perturbation);
      });
      assert(await largest(distance) <= 0.3 + 1e-6);
      assert(await largest(near) <= 1);
      const again = project(near, origin, ball);
      assertClose(await again.data(), await near.data(), 1e-6);
      tf.dispose([origin, far, near, distance, again]);
    }
  },
);

onUsableBackends("steepest() gives unit directions, and none for a gradient of zero", async () => {
  const gradient = tf.tidy(() =>
    tf.concat([testImages(2), tf.zeros([1, 8, 8, 1])], 0)
  ) as tf.Tensor4D;
  const direction = steepest(gradient, "l2");
  const norms = rowNorms(direction);
  assertClose(await norms.data(), [1, 1, 0], 1e-6);
  const signs = steepest(gradient, "linf");
  const values = await gradient.data();
  assertClose(await signs.data(), values.map(Math.sign), 0);
  tf.dispose([gradient, direction, norms, signs]);
});

onUsableBackends(
  "random points lie in the unit ball, random directions on its surface",
  async () => {
    const streams = () => imageStreams(3, seedrandom("points"));
    const shape = [3, 8, 8, 2];
    const [directions, inL2, inLinf] = [
      randomDirections(shape, streams()),
      randomInBall(shape, streams(), "l2"),
      randomInBall(shape, streams(), "linf"),
    ];
    const [norms, radii] = [rowNorms(directions), rowNorms(inL2)];
    assertClose(await norms.data(), [1, 1, 1], 1e-5);
    assert((await radii.data()).every((radius) => radius < 1));
    const values = await inLinf.data() as Float32Array;
    assert(values.every((value) => Math.abs(value) <= 1));
    assertAlmostEquals(values.reduce((sum, value) => sum + value, 0) / values.length, 0, 0.1);
    tf.dispose([directions, inL2, inLinf, norms, radii]);
  },
);
