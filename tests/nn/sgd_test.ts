import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { Sgd } from "../../lib/nn/sgd.ts";
import { assertClose, uniformNumbers } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";

function variableOf(values: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

onEveryBackend("Sgd follows PyTorch's formula with momentum and weight decay", async () => {
  // More values than a GPU's workgroup takes
  const [expected, gradients] = ["weights", "gradients"].map((
    seed,
  ) => [...uniformNumbers(1000, seed)]);
  const w = variableOf(expected);
  const gradient = tf.tensor1d(gradients);
  const optimizer = new Sgd({ momentum: 0.9, weightDecay: 0.1 });
  const velocity = expected.map(() => 0);
  for (let step = 0; step < 3; step++) {
    optimizer.apply(new Map([["w", w]]), new Map([["w", gradient]]), 0.1);
    gradients.forEach((g, i) => {
      velocity[i] = 0.9 * velocity[i] + g + 0.1 * expected[i];
      expected[i] -= 0.1 * velocity[i];
    });
  }
  assertClose(await w.data(), expected, 1e-6, "weights");
  optimizer.reset();
  tf.dispose([w, gradient]);
});

onEveryBackend(
  "Sgd leaves a variable without a gradient alone, and restores its momentum",
  async () => {
    const [a, b] = [variableOf([1]), variableOf([1])];
    const gradient = tf.tensor1d([1]);
    const optimizer = new Sgd({ momentum: 0.9, weightDecay: 0.1 });
    optimizer.apply(new Map([["a", a], ["b", b]]), new Map([["a", gradient]]), 0.1);
    assertEquals([...await b.data()], [1]);

    const other = new Sgd({ momentum: 0.9, weightDecay: 0.1 });
    other.restore(optimizer.state());
    const copy = variableOf([...await a.data()]);
    optimizer.apply(new Map([["a", a]]), new Map([["a", gradient]]), 0.1);
    other.apply(new Map([["a", copy]]), new Map([["a", gradient]]), 0.1);
    assertEquals([...await copy.data()], [...await a.data()]);
    optimizer.reset();
    other.reset();
    tf.dispose([a, b, copy, gradient]);
  },
);

onEveryBackend("Sgd forgets its own momentum when it restores another's", () => {
  const [w, gradient] = [variableOf([1]), tf.tensor1d([1])];
  const optimizer = new Sgd({ momentum: 0.9, weightDecay: 0.1 });
  optimizer.apply(new Map([["w", w]]), new Map([["w", gradient]]), 0.1);
  optimizer.restore(new Map());
  assertEquals(optimizer.state().size, 0);
  tf.dispose([w, gradient]);
});
