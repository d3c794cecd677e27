import type { DistillationMethod } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/** No distillation: cross-entropy to the labels alone. */
export const original: DistillationMethod = {
  name: "original",
  summary: "cross-entropy to the labels, without a teacher",
  options: {},
  needsTeacher: false,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes: () => ({ student: 3, teacher: 0 }),
  async step(_options, { images, labels, backward, timed }) {
    await timed("student", () => {
      backward(images, ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) })).dispose();
    });
    return {};
  },
};
