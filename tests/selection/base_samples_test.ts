import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { selectBaseSamples } from "../../lib/selection/base_samples.ts";
import { UserError } from "../../lib/user_error.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";

/** Probabilities; with their logarithms as logits, the softmax gives them back. */
const teacher = [[.8, .1, .1], [.7, .2, .1], [.2, .7, .1], [.1, .1, .8], [.6, .2, .2]];
const student = [[.5, .3, .2], [.7, .2, .1], [.1, .8, .1], [.8, .1, .1], [.1, .8, .1]];
const labels = [0, 0, 1, 2, 0];

function logits(probabilities: number[][]): tf.Tensor2D {
  return tf.tensor2d(probabilities.map((row) => row.map(Math.log)));
}

async function select(options: Parameters<typeof selectBaseSamples>[3], random?: () => number) {
  const [t, s] = [logits(teacher), logits(student)];
  const { indices, scores } = await selectBaseSamples(t, s, labels, options, random);
  tf.dispose([t, s]);
  return { indices: [...indices], scores: [...scores] };
}

onUsableBackends(
  "selectBaseSamples() takes samples that both networks classify correctly, largest difference first",
  async () => {
    const { indices, scores } = await select({});
    assertEquals(indices, [0, 2, 1]);
    assertClose(scores, [.2 ** 2 + .1 ** 2, .1 ** 2, 0], 1e-6, "scores");
  },
);

onUsableBackends(
  "selectBaseSamples() takes at most `count`, except by the rule 'all'",
  async () => {
    assertEquals((await select({ count: 2 })).indices, [0, 2]);
    assertEquals((await select({ count: 1, rule: "all" })).indices, [0, 1, 2]);
  },
);

onUsableBackends(
  "selectBaseSamples() takes the first `count` of the batch by the rule 'first'",
  async () => {
    assertEquals((await select({ count: 2, rule: "first" })).indices, [0, 1]);
    assertEquals((await select({ count: 9, rule: "first" })).indices, [0, 1, 2]);
  },
);

onUsableBackends(
  "selectBaseSamples() draws by the given numbers with the rule 'random'",
  async () => {
    const numbers = [.1, .9, .5];
    const { indices } = await select({ count: 2, rule: "random" }, () => numbers.shift()!);
    assertEquals(indices, [1, 2]);
  },
);

onUsableBackends("selectBaseSamples() gives no sample if none qualifies", async () => {
  const t = logits([[.9, .1]]);
  const { indices } = await selectBaseSamples(t, t, [1]);
  assertEquals(indices.length, 0);
  t.dispose();
});

Deno.test("selectBaseSamples() names labels that do not match the logits, and a bad option", async () => {
  const [t, s] = [logits(teacher), logits(student)];
  await assertRejects(() => selectBaseSamples(t, s, [0]), UserError, "1 labels");
  const other = labels.with(1, 7);
  await assertRejects(() => selectBaseSamples(t, s, other), UserError, "a label is 7; give class");
  await assertRejects(() => selectBaseSamples(t, s, labels, { count: 0 }), UserError, "from 1");
  tf.dispose([t, s]);
});
