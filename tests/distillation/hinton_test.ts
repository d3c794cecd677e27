import { assertAlmostEquals, assertEquals } from "@std/assert";
import { softCrossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { computedFrom, lossesOf } from "./one_step.ts";

const STAGE = { name: "train", epochs: 4 };

onFastBackends("hinton has the soft cross-entropy at T, with a weight from 4 to 1", async () => {
  const atT = (temperature: number) =>
    computedFrom(({ teacher, student }) =>
      softCrossEntropy(teacher.logits, student.logits, temperature)
    );
  for (const [epoch, alpha] of [[1, 3.25], [2, 2.5], [4, 1]]) {
    const losses = await lossesOf("hinton", STAGE, { epoch });
    assertEquals(Object.keys(losses), ["cross_entropy", "distillation"]);
    assertClose([losses.distillation], [alpha * await atT(3)], 1e-5);
  }
  const { distillation } = await lossesOf("hinton", STAGE, { options: { temperature: 8 } });
  assertClose([distillation], [3.25 * await atT(8)], 1e-5);
});

onFastBackends("hinton has the cross-entropy of original, too", async () => {
  const [hinton, original] = [await lossesOf("hinton", STAGE), await lossesOf("original", STAGE)];
  assertAlmostEquals(hinton.cross_entropy, original.cross_entropy, 1e-6);
});
