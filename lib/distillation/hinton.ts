import { hintonOptions, hintonTerm } from "./hinton_term.ts";
import { logitStep } from "./logit_step.ts";
import type { DistillationMethod } from "./method.ts";

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
  step: ({ temperature }, context) =>
    logitStep(context, (teacher, student) => ({
      distillation: hintonTerm(teacher, student, temperature, context),
    })),
};
