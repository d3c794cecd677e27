import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/**
 * The main path on images that come with the project: 28×28 grey images of clothes. The ResNet14
 * teacher is trained on all 5,000 of them. ResNet8 students see a part of them for a few epochs.
 */
export const quickstart: Experiment = {
  name: "quickstart",
  title: "Quickstart: three methods on small images",
  reference: "original",
  measures: ["test_accuracy"],
  claims: claimsOf("quickstart"),
  scales: atEachScale(({ grid }, scale) => [{
    ...grid,
    ...(scale === "paper"
      ? { dataset: "fashion-mnist-subset", teacher: "resnet14", protocol: {} }
      : {}),
    methods: [
      { name: "original" },
      { name: "hinton" },
      { name: "bss", options: { step: "newton", eta: 1, baseSamples: 8 } },
    ],
    seeds: [1, 2],
    evaluations: [],
  }]),
};
