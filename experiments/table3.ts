import type { Experiment } from "./plan/experiment.ts";
import { atEachScale } from "./plan/scales.ts";

/**
 * Whether it is boundary supporting samples that help, or any adversarial sample: other attacks in
 * their place. Which L2 minimisation the paper has is not known; here it is Carlini and Wagner's with fewer
 * steps than for measuring robustness, since each mini-batch of the training pays for them.
 */
export const table3: Experiment = {
  name: "table3",
  title: "Table 3: kinds of adversarial samples",
  reference: "bss",
  measures: ["test_accuracy"],
  scales: atEachScale(({ grid, bss, baseSamples }) => [{
    ...grid,
    students: ["resnet8"],
    methods: [
      { name: "hinton", label: "none (hinton)" },
      { name: "bss", label: "random noise", options: { ...bss, attack: "noise" } },
      {
        name: "bss",
        label: "L2 minimisation",
        options: { attack: "carlini-wagner", searchSteps: 2, maxSteps: 20, baseSamples },
      },
      { name: "bss", label: "FGSM", options: { attack: "fgsm", baseSamples } },
      { name: "bss", label: "DeepFool", options: { attack: "deepfool", baseSamples } },
      { name: "bss", options: bss },
    ],
  }]),
};
