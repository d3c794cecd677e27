import * as tf from "@tensorflow/tfjs";
import type { DistillationMethod } from "./method.ts";
import { distillationWeight } from "./schedules.ts";
import { crossEntropy, softCrossEntropy } from "./soft_cross_entropy.ts";
import { number } from "../options.ts";

const options = {
  /** T, of teacher and student alike */
  temperature: number(3, { above: 0 }),
};

/**
 * Knowledge distillation (Hinton et al. 2015) as the paper's comparison has it: the published script
 * without its boundary term, `CE + α(e)·J(t/T, s/T)`. Hinton's own form has fixed weights and the
 * factor T².
 */
export const hinton: DistillationMethod<typeof options> = {
  name: "hinton",
  summary: "soft cross-entropy to the teacher's logits (Hinton et al. 2015)",
  options,
  needsTeacher: true,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes: () => ({ student: 3, teacher: 1 }),
  async step({ temperature }, { images, labels, cleanPass, epoch, epochs, backward, timed }) {
    const alpha = distillationWeight(epoch, epochs);
    const clean = await timed("teacher", () => cleanPass({ pullback: false }));
    await timed("student", () => {
      backward(images, ({ logits }) => ({
        cross_entropy: crossEntropy(labels, logits),
        distillation: tf.mul(softCrossEntropy(clean.logits, logits, temperature), alpha),
      })).dispose();
    });
    clean.dispose();
    return {};
  },
};
