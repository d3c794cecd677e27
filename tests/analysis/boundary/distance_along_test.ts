import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { distanceAlong } from "../../../lib/analysis/boundary/distance_along.ts";
import { linearClassifier } from "../../classifiers.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

/** Makes a classifier of points in the plane: the first class where x is negative. */
function halfPlanes() {
  return linearClassifier([-1, 1, 0, 0], [0, 0]);
}

onUsableBackends(
  "distanceAlong() is exact for a plane, for directions of any length",
  async () => {
    const classifier = halfPlanes();
    const images = tf.tensor4d([-3, 0, -1, 2], [2, 1, 1, 2]);
    const directions = tf.tensor4d([0.1, 0, 5, 5], [2, 1, 1, 2]);
    for (const reach of [[3.5, 2], [1, 0.5]]) {
      const [straight, slanting] = await distanceAlong(classifier, images, directions, reach, [
        0,
        0,
      ]);
      assertAlmostEquals(straight!, 3, 2e-3);
      assertAlmostEquals(slanting!, Math.SQRT2, 2e-3);
    }
    tf.dispose([images, directions]);
    classifier.dispose();
  },
);

onUsableBackends("distanceAlong() returns null where there is no boundary", async () => {
  const classifier = halfPlanes();
  const images = tf.tensor4d([-3, 0, -3, 0, -3, 0], [3, 1, 1, 2]);
  // Away from the boundary, no direction, and too far.
  const directions = tf.tensor4d([-1, 0, 0, 0, 1, 0], [3, 1, 1, 2]);
  assertEquals(await distanceAlong(classifier, images, directions, [3, 3, 0.7], [0, 0, 0]), [
    null,
    null,
    null,
  ]);
  const none = tf.zeros([0, 1, 1, 2]) as tf.Tensor4D;
  assertEquals(await distanceAlong(classifier, none, none, [], []), []);
  tf.dispose([images, directions, none]);
  classifier.dispose();
});
