import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  imageStreams,
  NORMS,
  project,
  randomDirections,
  randomInBall,
  steepest,
} from "../../lib/attack/ball.ts";
import { rowNorms } from "../../lib/tensors/rows.ts";
import { testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import seedrandom from "seedrandom";

onUsableBackends(
  "project() gives the nearest point of the ball within the clamp, and does not move points inside",
  async () => {
    const origin = tf.tidy(() => tf.clipByValue(testImages(2), -1, 1)) as tf.Tensor4D;
    const from = [...await origin.data()];
    // The first image leaves both balls, the second stays inside.
    const moves = from.map((_, k) => k < 64 ? Math.cos(k) : 0.01 * Math.cos(k));
    const to = from.map((pixel, k) => pixel + moves[k]);
    const x = tf.tensor4d(to, [2, 8, 8, 1]);
    const cut = (value: number, limit: number) => Math.min(Math.max(value, -limit), limit);
    const shrink = 0.3 / Math.hypot(...moves.slice(0, 64));
    const expected = {
      linf: moves.map((move, k) => cut(from[k] + cut(move, 0.3), 1)),
      l2: moves.map((move, k) => cut(from[k] + (k < 64 ? shrink * move : move), 1)),
    };
    for (const norm of NORMS) {
      const near = project(x, origin, { norm, epsilon: 0.3, clamp: 1 });
      assertClose(await near.data(), expected[norm], 1e-6, norm);
      assert(expected[norm].some((pixel, k) => k < 64 && Math.abs(pixel) === 1), "no box");
      near.dispose();
    }
    tf.dispose([origin, x]);
  },
);

onUsableBackends("steepest() gives unit directions, and zero for a gradient of zero", async () => {
  const gradient = tf.tidy(() =>
    tf.concat([testImages(2), tf.zeros([1, 8, 8, 1])], 0)
  ) as tf.Tensor4D;
  const direction = steepest(gradient, "l2");
  const norms = rowNorms(direction);
  assertClose(await norms.data(), [1, 1, 0], 1e-6);
  const signs = steepest(gradient, "linf");
  const values = await gradient.data();
  assertClose(await signs.data(), values.map(Math.sign), 0);
  const lengths = [0, 1].map((i) => Math.hypot(...values.slice(64 * i, 64 * i + 64)));
  const expected = values.map((value, k) => k < 128 ? value / lengths[k >> 6] : 0);
  assertClose(await direction.data(), expected, 1e-6);
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
    assert((await radii.data()).every((radius) => radius > 0 && radius < 1));
    assertEquals(new Set(await radii.data()).size, 3);
    for (const [points, least] of [[directions, 0.2], [inL2, 0], [inLinf, 0.9]] as const) {
      const values = [...await points.data()];
      // The points fill the ball: all differ, half are above zero, and some are near the edge.
      assertEquals(new Set(values).size, 3 * 128);
      const above = values.filter((value) => value > 0).length / values.length;
      assertAlmostEquals(above, 0.5, 0.1);
      assert(values.some((value) => value < -least) && values.some((value) => value > least));
    }
    const values = await inLinf.data() as Float32Array;
    assert(values.every((value) => Math.abs(value) <= 1));
    assertAlmostEquals(values.reduce((sum, value) => sum + value, 0) / values.length, 0, 0.1);
    tf.dispose([directions, inL2, inLinf, norms, radii]);
  },
);
