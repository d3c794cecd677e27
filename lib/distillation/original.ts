import { defineMethod } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/** No distillation: cross-entropy to the labels alone. */
export const original = defineMethod({
  name: "original",
  summary: "cross-entropy to the labels, without a teacher",
  options: {},
  needsTeacher: false,
  async step(_options, { images, labels, studentPass }) {
    await studentPass(images, ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) }));
  },
});
