import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

const fractions = {
  smoke: [0.02, 0.04],
  quick: [0.04, 0.08, 0.12, 0.16, 0.2],
  paper: [0.2, 0.4, 0.6, 0.8, 1],
};

/** Tests whether the gain grows as training data shrink. */
export const figureData: Experiment = {
  name: "figure-data",
  title: "Figure: amount of training data",
  reference: "original",
  measures: ["test_accuracy"],
  claims: claimsOf("figure-data"),
  paper: {},
  scales: atEachScale(({ grid, bss }, scale) => [{
    ...grid,
    fractions: fractions[scale],
    methods: [{ name: "original" }, { name: "hinton" }, { name: "bss", options: bss }],
  }]),
};
