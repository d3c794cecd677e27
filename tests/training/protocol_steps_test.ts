import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { defineMethod } from "../../lib/distillation/method.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification } from "./small_run.ts";

onFastBackends(
  "train() takes the protocol's steps in each stage, with momentum from zero at each new rate",
  async (backend) => {
    let w!: tf.Variable;
    const method = defineMethod({
      name: "original",
      summary: "a variable whose gradient is always 1",
      options: {},
      needsTeacher: false,
      stages: () => [{ name: "first", epochs: 4 }, { name: "second", epochs: 4 }],
      createVariables: () => new Map([["w", w = tf.tidy(() => tf.variable(tf.scalar(100)))]]),
      async step(_options, { images, variables, studentPass }) {
        await studentPass(images, () => ({ mine: tf.sum(variables.get("w")!) }));
      },
    });
    const found: number[] = [];
    const { rows } = await outcomeOf(smallSpecification("original"), backend, {
      method,
      onProgress: ({ row }) => row || found.push(w.dataSync()[0]),
    });
    const rates = [0.1, 0.01, 0.001, 0.001];
    assertClose(rows.map((row) => Number(row.learning_rate)), [...rates, ...rates], 1e-9);
    const expected: number[] = [];
    let [value, velocity] = [100, 0];
    for (const [epoch, rate] of [...rates, ...rates].entries()) {
      // The fourth epoch of a stage has the rate of the third.
      if (epoch % 4 !== 3) velocity = 0;
      for (let step = 0; step < 2; step++) {
        velocity = 0.9 * velocity + 1 + 1e-4 * value;
        expected.push(value -= rate * velocity);
      }
    }
    assertEquals(found.length, expected.length);
    const moves = (values: number[]) =>
      values.map((one, index) => one - (values[index - 1] ?? 100));
    assertClose(moves(found), moves(expected), 5e-4, "steps");
  },
);
