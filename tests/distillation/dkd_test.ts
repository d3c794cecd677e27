import { assertEquals } from "@std/assert";
import { decoupledDivergence } from "../../lib/distillation/dkd.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { computedFrom, lossesOf } from "./one_step.ts";

const STAGE = { name: "train", epochs: 8 };

const part = (name: "target" | "others", temperature: number) =>
  computedFrom(({ teacher, student, labels }) =>
    decoupledDivergence(labels, teacher.logits, student.logits, temperature)[name]
  );

onFastBackends("dkd has both parts of the divergence, each with its weight", async () => {
  const losses = await lossesOf("dkd", STAGE, {
    options: { targetWeight: 0.5, othersWeight: 6, temperature: 2 },
  });
  assertEquals(Object.keys(losses), ["cross_entropy", "target_class", "other_classes"]);
  assertClose([losses.target_class], [0.5 * await part("target", 2)], 1e-4);
  assertClose([losses.other_classes], [6 * await part("others", 2)], 1e-4);
});

onFastBackends("dkd's weights rise over its warm-up", async () => {
  const options = { warmUpShare: 0.5 };
  for (const [epoch, share] of [[1, 0.25], [4, 1], [8, 1]]) {
    const { target_class, other_classes } = await lossesOf("dkd", STAGE, { epoch, options });
    assertClose([target_class], [share * await part("target", 4)], 1e-4);
    assertClose([other_classes], [share * await part("others", 4)], 1e-4);
  }
});
