import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { computedFrom, lossesOf } from "./one_step.ts";
import { attentionTransfer } from "../../lib/distillation/attention.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";

const TRAIN = { name: "train", epochs: 4 };

onFastBackends("attention transfer has the loss of all stages, times β", async () => {
  const expected = await computedFrom(({ teacher, student }) =>
    tf.addN(
      student.features.map((map, stage) => attentionTransfer(teacher.features[stage], map)),
    ) as tf.Scalar
  );
  assert(expected > 0);
  for (const weight of [1000, 50]) {
    const losses = await lossesOf("attention", TRAIN, { options: { weight } });
    assertEquals(Object.keys(losses), ["cross_entropy", "attention"]);
    assertClose([losses.attention], [weight * expected], 1e-4 * weight * expected);
  }
});

onFastBackends("attention+hinton has Hinton's term, too", async () => {
  const { attention, ...rest } = await lossesOf("attention+hinton", TRAIN);
  assertEquals(rest, await lossesOf("hinton", TRAIN));
  assertEquals({ attention }, { attention: (await lossesOf("attention", TRAIN)).attention });
  const hot = { options: { temperature: 8 } };
  const { distillation } = await lossesOf("hinton", TRAIN, hot);
  assertEquals((await lossesOf("attention+hinton", TRAIN, hot)).distillation, distillation);
});

onFastBackends(
  "attention transfer with weight 0 trains as the labels alone do",
  async (backend) => {
    const weightless = smallSpecification("attention", { epochs: 1, options: { weight: 0 } });
    const [a, b] = [
      await outcomeOf(weightless, backend),
      await outcomeOf(smallSpecification("original", { epochs: 1 }), backend),
    ];
    assertEquals(a.rows[0].loss_cross_entropy, b.rows[0].loss_cross_entropy);
    assertEquals(a.weights, b.weights);
  },
);
