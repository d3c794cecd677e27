import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/**
 * The number of classes that DeepFool tries: the four of nine that the teacher finds most probable.
 * On 256 images of CIFAR-10 and the authors' teacher, 255 samples end in the same class as with all
 * nine, 0.1 % further away on average, in 0.43 of the time.
 */
const CANDIDATES = 4;

/**
 * Compares boundary supporting samples (BSS) with samples of other attacks, to test whether any
 * adversarial sample helps as much. The paper's L2 minimisation is not known. Ours is Carlini and
 * Wagner's, with fewer steps than for measuring robustness: each mini-batch pays for them.
 */
export const table3: Experiment = {
  name: "table3",
  title: "Table 3: kinds of adversarial samples",
  reference: "bss",
  measures: ["test_accuracy"],
  claims: claimsOf("table3"),
  paper: {},
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
      {
        name: "bss",
        label: "DeepFool",
        options: { attack: "deepfool", candidates: CANDIDATES, baseSamples },
      },
      { name: "bss", options: bss },
    ],
  }]),
};
