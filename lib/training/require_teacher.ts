import type { DistillationMethod } from "../distillation/method.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import { UserError } from "../user_error.ts";

/**
 * Gives the teacher of a method; null for a method that needs none.
 *
 * @param classes the student's
 * @throws UserError if the method needs a teacher and there is none, or one with other classes
 */
export function requireTeacher(
  teacher: FrozenNetwork | null,
  { name, needsTeacher }: DistillationMethod,
  classes: number,
): FrozenNetwork {
  if (!teacher && needsTeacher) {
    throw new UserError(
      `method "${name}" needs a teacher, but the run has none; give one as "teacher", or choose ` +
        'a method without one, such as "original"',
    );
  }
  if (teacher && needsTeacher && typeof teacher.logits !== "function") {
    throw new UserError("the teacher is not frozen; give freeze(network)");
  }
  if (teacher && needsTeacher && teacher.classes !== classes) {
    throw new UserError(
      `the teacher has ${teacher.classes} classes, but the student has ${classes}; give a teacher of ` +
        "the same classes",
    );
  }
  return (needsTeacher ? teacher : null)!;
}
