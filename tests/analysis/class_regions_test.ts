import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier } from "../../lib/nn/frozen_classifier.ts";
import { classRegions, regionAgreement } from "../../lib/analysis/class_regions.ts";
import { UserError } from "../../lib/user_error.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { regionsOf } from "../report/regions_of.ts";

/** Logits (x, y, −3). */
const linear = {
  classes: 3,
  logits: (images: tf.Tensor4D) =>
    tf.tidy(() => tf.pad(tf.reshape(images, [-1, 2]), [[0, 0], [0, 1]], -3)),
} as FrozenClassifier;

onUsableBackends(
  "classRegions() goes through the grid row by row, from the lower left",
  async () => {
    const regions = await classRegions(linear, { limit: 2, side: 3 });
    assertEquals([regions.classes, regions.axis], [3, [-2, 0, 2]]);
    const expected = [-2, 0, 2].flatMap((y) => [-2, 0, 2].flatMap((x) => [x, y, -3]));
    assertEquals([...regions.logits], expected);
    // The first of equal logits wins.
    assertEquals([...regions.top], [0, 0, 0, 1, 0, 0, 1, 1, 0]);
  },
);

onUsableBackends(
  "classRegions() refuses a grid of less than two points along an axis",
  async () => {
    for (const side of [1, 2.5]) {
      await assertRejects(() => classRegions(linear, { side }), UserError, `side is ${side}`);
    }
  },
);

Deno.test("regionAgreement() is the share of the plane in the same class", () => {
  const half = (angle: number) =>
    regionsOf((x, y) => [x * Math.cos(angle) + y * Math.sin(angle), 0], { side: 200 });
  const right = half(0);
  const agreements = [0, 1, 2, 4].map((k) => regionAgreement(right, half(k * Math.PI / 4)));
  assertClose(agreements, [1, 0.75, 0.5, 0], 0.01, "agreements");
});

Deno.test("regionAgreement() refuses regions on different grids", () => {
  const [a, b] = [{ limit: 2, side: 3 }, { limit: 1, side: 5 }].map((grid) =>
    regionsOf((x, y) => [x, y], grid)
  );
  assertThrows(() => regionAgreement(a, b), UserError, "3 × 3 points within ±2 and 5 × 5 points");
});
