import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  sampleTargetClasses,
  type TargetClassOptions,
} from "../../lib/selection/target_classes.ts";
import { UserError } from "../../lib/user_error.ts";
import { onUsableBackends } from "../on_every_backend.ts";

/** Base class 0; among the others, class 2 has 60 %, class 3 has 30 % and class 1 has 10 %. */
const ROW = [.5, .05, .3, .15].map(Math.log);

async function sample(uniform: number[], rule: TargetClassOptions["rule"] = "probability") {
  const logits = tf.tensor2d(uniform.map(() => ROW));
  const classes = await sampleTargetClasses(logits, uniform.map(() => 0), uniform, { rule });
  logits.dispose();
  return [...classes];
}

onUsableBackends(
  "sampleTargetClasses() inverts the cumulative sum, most probable first",
  async () => {
    assertEquals(await sample([0, .59, .61, .89, .91, .999]), [2, 2, 3, 3, 1, 1]);
  },
);

onUsableBackends(
  "sampleTargetClasses() draws in proportion to the teacher's probabilities",
  async () => {
    const draws = await sample(Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000));
    const share = (wanted: number) => draws.filter((c) => c === wanted).length / 1000;
    assertEquals([share(0), share(1), share(2), share(3)], [0, .1, .6, .3]);
  },
);

onUsableBackends("sampleTargetClasses() follows the fixed rules and the uniform rule", async () => {
  assertEquals(await sample([.1, .9], "second"), [2, 2]);
  assertEquals(await sample([.1, .9], "least likely"), [1, 1]);
  const even = await sample([.1, .4, .9], "random");
  assertEquals(new Set(even), new Set([1, 2, 3]));
});

onUsableBackends(
  "sampleTargetClasses() works with a teacher that is entirely certain",
  async () => {
    const logits = tf.tensor2d([[200, 0, 1, -5]]);
    const [target] = await sampleTargetClasses(logits, [0], [0.5]);
    assert(target !== 0);
    // So certain that all other probabilities are 0 in float64.
    const surest = tf.tensor2d([[800, 0, 10, 5]]);
    assertEquals([...await sampleTargetClasses(surest, [0], [0.9])], [2]);
    tf.dispose([logits, surest]);
  },
);

Deno.test("sampleTargetClasses() needs two classes and a number per sample", async () => {
  const one = tf.tensor2d([[1]]);
  await assertRejects(() => sampleTargetClasses(one, [0], [0.5]), UserError, "at least 2 classes");
  const two = tf.tensor2d([[1, 2]]);
  await assertRejects(() => sampleTargetClasses(two, [0], []), UserError, "1 and 0");
  for (const wrong of [2, -1, NaN]) {
    await assertRejects(() => sampleTargetClasses(two, [wrong], [0]), UserError, "from 0 to 1");
  }
  for (const wrong of [-0.1, 1.1, NaN]) {
    await assertRejects(() => sampleTargetClasses(two, [0], [wrong]), UserError, "in [0, 1)");
    assertEquals([...await sampleTargetClasses(two, [0], [wrong], { rule: "second" })], [1]);
  }
  // A number that float32 has rounded up to 1
  assertEquals([...await sampleTargetClasses(two, [0], [1], { rule: "random" })], [1]);
  tf.dispose([one, two]);
});
