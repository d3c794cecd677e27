import { assertEquals } from "@std/assert";
import { similarityLoss } from "../../lib/distillation/similarity.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { computedFrom, lossesOf } from "./one_step.ts";

const STAGE = { name: "train", epochs: 4 };

onFastBackends("similarity has the similarity loss of the last stage, times γ", async () => {
  const expected = await computedFrom(({ teacher, student }) =>
    similarityLoss(teacher.features[2], student.features[2])
  );
  for (const weight of [3000, 50]) {
    const losses = await lossesOf("similarity", STAGE, { options: { weight } });
    assertEquals(Object.keys(losses), ["cross_entropy", "similarity"]);
    assertClose([losses.similarity], [weight * expected], 1e-4);
  }
});
