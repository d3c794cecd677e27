import type { Experiment, ExperimentScale } from "./experiment.ts";

/**
 * The main path on images that come with the project: 28×28 grey images of clothes, a ResNet14
 * teacher trained on all 5,000 of them, ResNet8 students that see a part for a few epochs.
 *
 * The attack takes the scale-free step. With the published one (η = 0.3) as many samples of this
 * teacher leave their class, but further past the boundary and more of them into a third class.
 */
const methods = [
  { name: "original" },
  { name: "hinton" },
  { name: "bss", options: { step: "newton", eta: 1, baseSamples: 8 } },
];

const base: Omit<ExperimentScale, "fraction" | "testImages" | "protocol"> = {
  dataset: "fashion-mnist-subset",
  teacher: "resnet14",
  students: ["resnet8"],
  methods,
  seeds: [1, 2],
};

export const quickstart: Experiment = {
  name: "quickstart",
  title: "Quickstart: three methods on small images",
  scales: {
    smoke: { ...base, fraction: 0.04, testImages: 100, protocol: { epochs: 2, batchSize: 64 } },
    quick: { ...base, fraction: 0.2, testImages: null, protocol: { epochs: 8, batchSize: 32 } },
    paper: { ...base, fraction: 1, testImages: null, protocol: {} },
  },
};
