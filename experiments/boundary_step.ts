import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";
import { pixelBox } from "../lib/attack/pixel_space.ts";
import { CIFAR10_NORMALISATION } from "../lib/data/cifar10.ts";

const PIXEL_BOX = pixelBox(CIFAR10_NORMALISATION);

/**
 * Compares samples on the boundary with samples past it. The scale-free step with η = 1 ends on the
 * boundary, and past it with a larger η. The published step ends wherever the teacher's gradients
 * take it. It has two variants: only samples that reached their target class, and the gap measured
 * on probabilities.
 *
 * On CIFAR-10 the clamp varies instead: the published one, ±2.5 in normalised pixels, cuts off the
 * brightest pixels, and the box of all pixels does not.
 */
export const boundaryStep: Experiment = {
  name: "boundary-step",
  title: "On the boundary or past it",
  reference: "published step",
  measures: ["test_accuracy", "ang_sim_box", "distance_ratio", "ang_sim"],
  claims: claimsOf("boundary-step"),
  scales: atEachScale(({ grid, baseSamples }) => {
    const attacked = (label: string, option: Readonly<Record<string, unknown>>) => ({
      name: "bss",
      label,
      options: { baseSamples, ...option },
    });
    const onBoundary = { step: "newton", eta: 1 };
    return [{
      ...grid,
      isForDataset: grid.dataset === "cifar10",
      methods: [
        attacked("published step", {}),
        attacked("scale-free step, η = 1", onBoundary),
        ...(grid.dataset === "cifar10"
          ? [
            attacked("published step, pixel box", { clamp: PIXEL_BOX }),
            attacked("scale-free step, η = 1, pixel box", { ...onBoundary, clamp: PIXEL_BOX }),
          ]
          : [
            attacked("scale-free step, η = 2", { step: "newton", eta: 2 }),
            attacked("scale-free step, η = 4", { step: "newton", eta: 4 }),
            attacked("published step, crossed only", { mode: "paper" }),
            attacked("published step, probabilities", { space: "softmax" }),
          ]),
      ],
    }];
  }),
};
