import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale, paperMethods } from "../lib/runs/scales.ts";

/** Compares the methods by their students, of three sizes. */
export const table1: Experiment = {
  name: "table1",
  title: "Table 1: distillation methods",
  reference: "original",
  measures: ["test_accuracy"],
  claims: claimsOf("table1"),
  paper: {
    resnet8: {
      original: 86.02,
      hinton: 86.66,
      fitnet: 86.73,
      attention: 86.86,
      fsp: 87.07,
      bss: 87.32,
    },
    resnet14: {
      original: 89.11,
      hinton: 89.75,
      fitnet: 89.72,
      attention: 89.84,
      fsp: 89.92,
      bss: 90.34,
    },
  },
  scales: atEachScale(({ grid, bss }, scale) => [{
    ...grid,
    students: scale === "smoke" ? grid.students : ["resnet8", "resnet14", "resnet20"],
    methods: [
      ...paperMethods(bss),
      ...(scale === "paper" ? [{ name: "attention+hinton" }] : []),
      { name: "fsp+bss", options: bss },
    ],
  }]),
};
