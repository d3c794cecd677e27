import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { leaveInterruptedWork } from "../../lib/stop/leave_interrupted_work.ts";
import { onEveryBackend } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

onEveryBackend(
  "gradients are right after an interrupt in the middle of another gradient",
  async () => {
    const x = tf.tidy(() => tf.variable(tf.scalar(3)));
    const slope = () =>
      valuesOf(() => tf.variableGrads(() => tf.square(x) as tf.Scalar).grads[x.name]);
    // The state that an interrupt leaves: an open scope and an open gradient tape.
    const engine = tf.engine() as unknown as { startScope(): void; startTape(): void };
    engine.startScope();
    engine.startTape();
    tf.mul(x, tf.scalar(2));
    leaveInterruptedWork();
    assertEquals(await slope(), [6]);
    x.dispose();
  },
);
