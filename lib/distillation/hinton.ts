import { hintonOptions, hintonTerm } from "./hinton_term.ts";
import type { DistillationMethod } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

/**
 * Knowledge distillation (Hinton et al. 2015) as the paper's comparison has it: the published script
 * without its boundary term, `CE + α(e)·J(t/T, s/T)`. Hinton's own form has fixed weights and the
 * factor T².
 */
export const hinton: DistillationMethod<typeof hintonOptions> = {
  name: "hinton",
  summary: "soft cross-entropy to the teacher's logits (Hinton et al. 2015)",
  options: hintonOptions,
  needsTeacher: true,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes: () => ({ student: 3, teacher: 1 }),
  async step({ temperature }, { images, labels, cleanPass, epoch, epochs, backward, timed }) {
    const clean = await timed("teacher", () => cleanPass({ pullback: false }));
    await timed("student", () => {
      backward(images, ({ logits }) => ({
        cross_entropy: crossEntropy(labels, logits),
        distillation: hintonTerm(clean.logits, logits, temperature, { epoch, epochs }),
      })).dispose();
    });
    clean.dispose();
    return {};
  },
};
