import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/** Tests whether BSS are still worth their time beside methods that came after them. */
export const beyond: Experiment = {
  name: "beyond",
  title: "Later methods",
  reference: "original",
  measures: ["test_accuracy", "seconds", "teacher_images"],
  claims: claimsOf("beyond"),
  scales: atEachScale(({ grid, bss }) => [{
    ...grid,
    methods: [
      { name: "original" },
      { name: "hinton" },
      { name: "hinton", label: "hinton, standardised", options: { standardise: true } },
      { name: "dkd" },
      { name: "similarity" },
      { name: "relational" },
      { name: "activation-boundaries" },
      { name: "contrastive" },
      { name: "dist" },
      { name: "bss", options: bss },
    ],
    evaluations: [],
  }]),
};
