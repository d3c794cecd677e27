import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { labelOf } from "../lib/runs/overrides.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/**
 * Tests whether bfloat16 costs a student accuracy, and whether BSS beat the others in float32, too: the
 * same seeds in both.
 *
 * At the scale "paper" on a fifth of the images, evaluated after every fifth epoch, as the plan of
 * runs has it. Then the runs in bfloat16 are the plan's.
 */
export const precision: Experiment = {
  name: "precision",
  title: "Float32 and bfloat16",
  reference: "original",
  measures: ["test_accuracy"],
  claims: claimsOf("precision"),
  scales: atEachScale(({ grid, bss }, scale) => {
    const methods = [{ name: "original" }, { name: "hinton" }, { name: "bss", options: bss }];
    const float32 = {
      ...grid,
      ...(scale === "paper" ? { fractions: [0.2], seeds: [1, 2, 3, 4, 5] } : {}),
      methods,
      protocol: { ...grid.protocol, evaluateEvery: scale === "paper" ? 5 : 1 },
      evaluations: [],
    };
    const bfloat16 = {
      ...float32,
      methods: methods.map((entry) => ({ ...entry, label: `${labelOf(entry)}, bf16` })),
      protocol: { ...float32.protocol, studentPrecision: "bf16" },
    };
    return [float32, bfloat16];
  }),
};
