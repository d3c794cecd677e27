import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/** Compares the students' decision boundaries with the teacher's. */
export const table4: Experiment = {
  name: "table4",
  title: "Table 4: similarity of decision boundaries",
  reference: "original",
  measures: [
    "ang_sim_box",
    "distance_ratio",
    "crossed_on_both_box",
    "agreement_on_teachers_bss_box",
    "ang_sim",
    "mag_sim",
    "crossed_on_both",
    "agreement_test",
    "kl_test",
    "ece_test",
    "test_accuracy",
  ],
  claims: claimsOf("table4"),
  paper: {},
  scales: atEachScale(({ grid, bss }) => [{
    ...grid,
    methods: [{ name: "original" }, { name: "hinton" }, { name: "bss", options: bss }],
  }]),
};
