import { assertEquals } from "@std/assert";
import { EpochSummary } from "../../lib/training/epoch_row.ts";

Deno.test("EpochSummary averages loss and accuracy over images, not over mini-batches", () => {
  const summary = new EpochSummary();
  const counts = (images: number) => ({ images, asked: images, cached: 0, teacherImages: images });
  summary.addStep({ ...counts(3), losses: new Map([["cross_entropy", 1]]), correct: 3 });
  summary.addStep({ ...counts(1), losses: new Map([["cross_entropy", 5]]), correct: 0 });
  const { loss, loss_cross_entropy, train_accuracy } = summary.row({});
  assertEquals([loss, loss_cross_entropy, train_accuracy], [2, 2, 0.75]);
});

Deno.test("EpochSummary averages steps and lengths of an attack over the images attacked", () => {
  const summary = new EpochSummary();
  const counts = { images: 4, asked: 4, cached: 0, teacherImages: 4, correct: 2 };
  const step = { ...counts, losses: new Map([["cross_entropy", 1]]) };
  const attack = {
    outcomes: ["crossed to target", "not crossed"] as const,
    steps: Int32Array.of(3, 10),
    norms: Float32Array.of(1, 2),
  };
  summary.addStep({ ...step, attack });
  summary.addStep(step);
  const { attacked, mean_attack_steps, mean_perturbation_norm } = summary.row({});
  assertEquals([attacked, mean_attack_steps, mean_perturbation_norm], [2, 6.5, 1.5]);
});
