import { assertEquals } from "@std/assert";
import { crossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { computedFrom, lossesOf } from "./one_step.ts";

onFastBackends("original has only the cross-entropy", async () => {
  const losses = await lossesOf("original", { name: "train", epochs: 4 });
  assertEquals(Object.keys(losses), ["cross_entropy"]);
  const expected = await computedFrom(({ student, labels }) =>
    crossEntropy(labels, student.logits)
  );
  assertClose([losses.cross_entropy], [expected], 1e-5);
});
