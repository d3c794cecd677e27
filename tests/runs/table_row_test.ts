import { assertEquals } from "@std/assert";
import type { EpochRow } from "../../lib/training/epoch_row.ts";
import { tableRow } from "../../lib/runs/table/table_row.ts";
import { smallSpecification } from "../training/small_run.ts";

Deno.test("tableRow() adds up the costs of all epochs of all stages, without the evaluations", () => {
  const epoch = (stage: string, seconds: number): EpochRow => ({
    stage,
    test_accuracy: 0.5,
    attacked: 0,
    teacher_images: 100 * seconds,
    seconds_teacher: seconds,
    seconds_student: 2 * seconds,
    seconds_evaluation: 1000,
  });
  const { costs, epochs, first_stage_epochs } = tableRow({ label: "fitnet", setting: null }, {
    name: "run",
    specification: smallSpecification("fitnet"),
    rows: [epoch("hint", 1), epoch("train", 2), epoch("train", 3)],
    measurements: [],
    warnings: [],
    metadata: { machine: "" },
  });
  assertEquals([costs, epochs, first_stage_epochs], [{ seconds: 18, teacher_images: 600 }, 2, 1]);
});

Deno.test("tableRow() has a column for each measurement, but for those of single bins", () => {
  const conditions = { processor: "", precision: ["f32"], kernels: "" };
  const of = (measure: string) => ({
    measure,
    value: 0.1,
    low: null,
    high: null,
    n: 8,
    conditions,
  });
  const { figures } = tableRow({ label: "bss", setting: null }, {
    name: "run",
    specification: smallSpecification(),
    rows: [{ test_accuracy: 0.5 }],
    measurements: [of("ece_test"), of("accuracy_bin3_test")],
    warnings: [],
    metadata: { machine: "" },
  });
  assertEquals([figures.ece_test, Object.hasOwn(figures, "accuracy_bin3_test")], [0.1, false]);
});

Deno.test("tableRow() averages outcomes over all attacked samples, not over epochs", () => {
  const epoch = (attacked: number, share: number | null): EpochRow => ({
    stage: "train",
    test_accuracy: 0.5,
    attacked,
    share_crossed_to_target: share,
    share_third_class: 0,
    share_not_crossed: share === null ? null : 1 - share,
  });
  const { figures } = tableRow({ label: "bss", setting: null }, {
    name: "run",
    specification: smallSpecification(),
    rows: [epoch(30, 0.5), epoch(10, 1), epoch(0, null)],
    measurements: [],
    warnings: [],
    metadata: { machine: "" },
  });
  assertEquals([figures.share_crossed_to_target, figures.share_not_crossed], [0.625, 0.375]);
});
