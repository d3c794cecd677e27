import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { defineMethod } from "../../lib/distillation/method.ts";
import { crossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { exists } from "../../lib/files/exists.ts";
import { UserError } from "../../lib/user_error.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification, withFolder } from "./small_run.ts";

/** Has a finite loss, and a variable that is not finite after the first step. */
const spoiling = defineMethod({
  name: "original",
  summary: "labels alone, and a variable that is lost",
  options: {},
  needsTeacher: false,
  createVariables: () => new Map([["w", tf.tidy(() => tf.variable(tf.scalar(1), false))]]),
  async step(_options, { images, labels, variables, studentPass }) {
    await studentPass(images, ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) }));
    tf.tidy(() => variables.get("w")!.assign(tf.scalar(NaN)));
  },
});

onAutomaticBackend(
  "train() keeps no checkpoint of a state that is not finite, at the end of an epoch or at a stop",
  async (backend) => {
    const specification = smallSpecification("original");
    await withFolder(async (checkpoints) => {
      const { message } = await assertRejects(
        () => outcomeOf(specification, backend, { method: spoiling, checkpoints }),
        UserError,
        "method/w is not finite after epoch 1; there is no checkpoint",
      );
      assertEquals([message.includes("smaller learning rate"), await exists(checkpoints)], [
        true,
        false,
      ]);
    });
    await withFolder(async (checkpoints) => {
      const abort = new AbortController();
      await assertRejects(() =>
        outcomeOf(specification, backend, {
          method: spoiling,
          checkpoints,
          signal: abort.signal,
          onProgress: () => abort.abort(),
        }), DOMException);
      assertEquals(await exists(checkpoints), false);
    });
  },
);
