import type { Experiment } from "./plan/experiment.ts";
import { paperMethods } from "./plan/paper_methods.ts";
import { atEachScale } from "./plan/scales.ts";

/** Which method makes the best student, of three sizes. */
export const table1: Experiment = {
  name: "table1",
  title: "Table 1: distillation methods",
  reference: "original",
  measures: ["test_accuracy"],
  scales: atEachScale(({ grid, bss }) => [{
    ...grid,
    students: ["resnet8", "resnet14", "resnet20"],
    methods: [...paperMethods(bss), { name: "fsp+bss", options: bss }],
  }]),
};
