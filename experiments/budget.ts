import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

const epochs = { smoke: [1, 2], quick: [4, 8, 16], paper: [20, 40, 80, 160] };

/** Tests whether BSS are worth their cost: other methods train longer in the same time. */
export const budget: Experiment = {
  name: "budget",
  title: "Accuracy against training time",
  reference: "original",
  measures: ["test_accuracy", "seconds", "teacher_images"],
  claims: claimsOf("budget"),
  scales: atEachScale(({ grid, bss, baseSamples }, scale) =>
    epochs[scale].map((epochs) => ({
      ...grid,
      methods: [
        { name: "original" },
        { name: "hinton" },
        {
          name: "bss",
          label: `bss, ${baseSamples / 4} base samples`,
          options: { ...bss, baseSamples: baseSamples / 4 },
        },
        { name: "bss", options: bss },
      ],
      protocol: { ...grid.protocol, epochs },
    }))
  ),
};
