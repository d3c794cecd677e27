import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale, FIDELITY, paperMethods } from "../lib/runs/scales.ts";

/** Tests whether BSS bring a student nearer to its teacher where accuracy can't tell. */
export const fidelity: Experiment = {
  name: "fidelity",
  title: "Fidelity to the teacher and calibration",
  reference: "original",
  measures: [
    "agreement_test",
    "kl_test",
    "agreement_bss",
    "kl_bss",
    "agreement_noise",
    "kl_noise",
    "ece_test",
    "adaptive_ece_test",
    "nll_test",
    "test_accuracy",
  ],
  claims: claimsOf("fidelity"),
  scales: atEachScale(({ grid, bss }, scale) => [{
    ...grid,
    methods: paperMethods(bss),
    evaluations: [FIDELITY[scale]],
  }]),
};
