import type { Experiment } from "./plan/experiment.ts";
import { atEachScale } from "./plan/scales.ts";

/** Whose boundary is most like the teacher's. */
export const table4: Experiment = {
  name: "table4",
  title: "Table 4: similarity of decision boundaries",
  reference: "original",
  measures: ["ang_sim", "mag_sim", "crossed_on_both", "test_accuracy"],
  scales: atEachScale(({ grid, bss }) => [{
    ...grid,
    students: ["resnet8"],
    methods: [{ name: "original" }, { name: "hinton" }, { name: "bss", options: bss }],
  }]),
};
