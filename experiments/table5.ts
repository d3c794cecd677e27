import { claimsOf } from "./claims.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/**
 * Changes the rules for base samples and target classes, one at a time.
 *
 * "all base samples" changes two things: nothing is chosen, and more samples are attacked, about
 * three times as many on CIFAR-10. "all base samples, as many attacked" changes the first alone: it
 * takes the first N of them in the order of the mini-batch, which is random. "base samples at
 * random" draws N by other numbers, so these two differ by chance alone, and show how far that goes.
 */
export const table5: Experiment = {
  name: "table5",
  title: "Table 5: selection of base samples and target classes",
  reference: "bss",
  measures: ["test_accuracy"],
  claims: claimsOf("table5"),
  paper: {},
  scales: atEachScale(({ grid, bss }) => {
    const changed = (label: string, option: Readonly<Record<string, unknown>>) => ({
      name: "bss",
      label,
      options: { ...bss, ...option },
    });
    return [{
      ...grid,
      methods: [
        { name: "bss", options: bss },
        changed("base samples at random", { baseRule: "random" }),
        changed("all base samples", { baseRule: "all" }),
        changed("all base samples, as many attacked", { baseRule: "first" }),
        changed("target class at random", { targetRule: "random" }),
        changed("second class", { targetRule: "second" }),
        changed("least likely class", { targetRule: "least likely" }),
      ],
    }];
  }),
};
