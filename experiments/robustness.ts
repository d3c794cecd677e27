import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale, paperMethods } from "../lib/runs/scales.ts";

/** The balls of attacks at the scale "paper", and the distances beside them. */
const PAPER_BALLS = { linf: [0.25, 0.5, 1, 2], distances: true };

const images = { smoke: 8, quick: 100, paper: 256 };
/** Only the methods of the claims: the ensemble takes a thousand steps even for few images. */
const inTrial = ["original", "hinton", "bss"];

/** Tests whether distillation makes a student more robust, even against the strongest attack. */
export const robustness: Experiment = {
  name: "robustness",
  title: "Robustness of students",
  reference: "original",
  measures: [
    "robust_apgdensemble_linf_1",
    "robust_none",
    "robust_fgsm_linf_1",
    "robust_pgd20_linf_1",
    "robust_pgd20_l2_0.25",
    "robust_apgdensemble_l2_0.25",
    "robust_apgdensemble_linf_0.25",
    "robust_apgdensemble_linf_0.5",
    "robust_apgdensemble_linf_2",
    "min_distance_linf",
    "min_distance_l2",
  ],
  claims: claimsOf("robustness"),
  scales: atEachScale(({ grid, bss }, scale) => [{
    ...grid,
    methods: paperMethods(bss).filter(({ name }) => scale !== "smoke" || inTrial.includes(name)),
    evaluations: [
      ...grid.evaluations.filter(({ name }) => name !== "robustness"),
      {
        name: "robustness",
        options: {
          images: images[scale],
          ensemble: true,
          ...(scale === "paper" ? PAPER_BALLS : {}),
        },
      },
    ],
  }]),
};
