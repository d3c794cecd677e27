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
