import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { methodNamed, methods } from "../../lib/distillation/methods.ts";
import { toyNamed } from "../../lib/data/toys.ts";
import type { FreezingBackend } from "../../lib/nn/freeze.ts";
import type { Precision } from "../../lib/nn/precision.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import { trainOnPoints } from "../../lib/training/train_on_points.ts";
import { UserError } from "../../lib/user_error.ts";
import { onBfloat16 } from "../backend/onednn/on_onednn.ts";
import { registeredOn } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification, withFolder } from "./small_run.ts";

function inBfloat16(specification: RunSpecification): RunSpecification {
  const protocol = { ...specification.protocol, studentPrecision: "bf16" } as const;
  return { ...specification, protocol };
}

for (const { name } of methods) {
  onBfloat16(
    `method ${name} trains a student in bfloat16, other than in float32`,
    async () => {
      const specification = smallSpecification(name);
      const exact = await outcomeOf(specification, "onednn");
      const rounded = await outcomeOf(inBfloat16(specification), "onednn");
      assertNotEquals(rounded.weights, exact.weights);
      // Later epochs may part: whether a sample crosses is a yes or a no.
      const [loss, expected] = [rounded, exact].map(({ rows }) => Number(rows[0].loss));
      assert(Math.abs(loss - expected) < 0.2 * expected, `loss ${loss}, in float32 ${expected}`);
    },
  );
}

onBfloat16("train() resumes a student in bfloat16 bit for bit", async () => {
  const specification = inBfloat16(smallSpecification());
  const whole = await outcomeOf(specification, "onednn");
  await withFolder(async (checkpoints) => {
    const abort = new AbortController();
    const input = { checkpoints, signal: abort.signal, onProgress: () => abort.abort() };
    await assertRejects(() => outcomeOf(specification, "onednn", input));
    const messages: string[] = [];
    const onMessage = (text: string) => messages.push(text);
    assertEquals(await outcomeOf(specification, "onednn", { checkpoints, onMessage }), whole);
    assertEquals(messages, ["resuming after mini-batch 1 of epoch 1"]);
  });
});

onBfloat16("a student in bfloat16 is evaluated in bfloat16", async (backend) => {
  const freezing = backend as unknown as FreezingBackend;
  const precisions: Precision[] = [];
  const { freeze } = freezing;
  freezing.freeze = function (folded, precision) {
    precisions.push(precision);
    return freeze.call(this, folded, precision);
  };
  try {
    await outcomeOf(inBfloat16(smallSpecification("original")), "onednn");
  } finally {
    delete (freezing as Partial<FreezingBackend>).freeze;
  }
  assertEquals(precisions, ["bf16", "bf16"]);
});

registeredOn(["cpu", "wasm"])("train() refuses bfloat16 and names what there is", async () => {
  await assertRejects(
    () => outcomeOf(inBfloat16(smallSpecification("original")), tf.getBackend()),
    UserError,
    `backend ${tf.getBackend()} does not train a student in bf16 here; choose from f32`,
  );
});

Deno.test("trainOnPoints() refuses bfloat16, which a dense network does not have", async () => {
  await assertRejects(
    () =>
      trainOnPoints({
        points: toyNamed("circles").make(24, Math.random),
        method: methodNamed("original"),
        teacher: null,
        hidden: [8],
        seed: 1,
        protocol: { studentPrecision: "bf16" },
      }),
    UserError,
    "leave out studentPrecision",
  );
});
