import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale, paperMethods } from "../lib/runs/scales.ts";

/**
 * Compares the methods on data with many classes. The paper's networks and settings are not known;
 * these are ours. Scales other than "paper" only show that it runs, on the images of ten classes
 * that come with the project.
 */
export const table2: Experiment = {
  name: "table2",
  title: "Table 2: methods on many classes",
  reference: "original",
  measures: ["test_accuracy", "test_top5_accuracy"],
  claims: claimsOf("table2"),
  paper: {},
  scales: atEachScale(({ grid, bss }, scale) => {
    const methods = paperMethods(bss);
    if (scale !== "paper") return [{ ...grid, methods }];
    return [
      {
        ...grid,
        methods,
        dataset: "tiny-imagenet",
        teacher: "resnet26-4stage",
        students: ["resnet10-4stage"],
      },
      { ...grid, methods, dataset: "imagenet32", teacher: "resnet26" },
    ];
  }),
};
