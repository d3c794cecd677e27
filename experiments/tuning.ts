import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/** The share of the training images that is held out to choose by. */
const HELD_OUT = 0.1;

/**
 * Chooses the weights of attention transfer and FSP, so that BSS are not compared with methods of
 * an unsuitable weight. Students are tested on training images that are held out from them, never
 * on the test images. The teacher has seen the held-out images.
 *
 * The default weight of attention transfer is the published one, 1000. That of FSP is ours: its
 * paper's is not known here.
 */
export const tuning: Experiment = {
  name: "tuning",
  title: "Weights of other methods, on held-out training images",
  reference: "original",
  measures: ["validation_accuracy"],
  claims: [],
  scales: atEachScale(({ grid }, scale) => {
    const weighted = (name: string, option: string, values: readonly number[]) =>
      values.map((value) => ({
        name,
        label: `${name} (${option}=${value})`,
        options: { [option]: value },
      }));
    return [{
      ...grid,
      fractions: scale === "paper" ? [0.2] : grid.fractions,
      seeds: [1],
      validation: HELD_OUT,
      evaluations: [],
      methods: [
        { name: "original" },
        ...weighted("attention", "weight", [10, 100, 1000, 10000]),
        ...weighted("fsp", "fspWeight", [0.01, 0.1, 1, 10]),
      ],
    }];
  }),
};
