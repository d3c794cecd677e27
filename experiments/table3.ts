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
 * The settings of L2 minimisation on CIFAR-10. On 128 test images and the authors' teacher, all
 * samples cross, after 7.6 steps on average, 1.8 times as far away as DeepFool's. The usual settings
 * (c = 1, a rate of 0.01) end 4.7 times as far away: their first step is twice the way. With 100
 * steps (c = 0.01, a rate of 0.003) it is 1.4 times, which takes 51 steps for each sample.
 */
const L2_MINIMISATION = {
  initialConstant: 0.02,
  learningRate: 0.002,
  searchSteps: 1,
  maxSteps: 20,
} as const;

/**
 * Compares boundary supporting samples (BSS) with samples of other attacks, to test whether any
 * adversarial sample helps as much. The paper's L2 minimisation is not known. Ours is Carlini and
 * Wagner's, with fewer steps than for measuring robustness: each mini-batch pays for them.
 *
 * The attacks differ in length: on CIFAR-10 FGSM's perturbations are about twice as long as those
 * of BSS, DeepFool's a seventh. So each is there twice, with its own length and with that of the
 * BSS of the same image. Then only the direction differs, and the class that it leads to: BSS go for
 * the class that was drawn, the others for any.
 */
export const table3: Experiment = {
  name: "table3",
  title: "Table 3: kinds of adversarial samples",
  reference: "bss",
  // The others say how much of the boundary itself the students learn.
  measures: ["test_accuracy", "ang_sim_box", "distance_ratio", "agreement_test"],
  claims: claimsOf("table3"),
  paper: {},
  scales: atEachScale(({ grid, bss, baseSamples }, scale) => {
    const others = {
      "L2 minimisation": {
        attack: "carlini-wagner",
        ...(scale === "paper" ? L2_MINIMISATION : { searchSteps: 2, maxSteps: 20 }),
      },
      "FGSM": { attack: "fgsm" },
      "DeepFool": { attack: "deepfool", candidates: CANDIDATES },
    };
    const ofOthers = (suffix: string, length: Readonly<Record<string, unknown>>) =>
      Object.entries(others).map(([label, attack]) => ({
        name: "bss",
        label: label + suffix,
        options: { ...attack, ...length, baseSamples },
      }));
    return [{
      ...grid,
      methods: [
        { name: "hinton", label: "none (hinton)" },
        { name: "bss", label: "random noise", options: { ...bss, attack: "noise" } },
        ...ofOthers("", {}),
        ...ofOthers(", as long as BSS", {
          length: "bss",
          bssStep: bss.step,
          bssEta: bss.eta,
        }),
        { name: "bss", options: bss },
      ],
    }];
  }),
};
