import { above, type Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/** Changes the temperature T, step η, weight β and number N of base samples, one at a time. */
export const temperatureWeights: Experiment = {
  name: "temperature-weights",
  title: "Temperature, step, weight and number of BSS",
  reference: "bss",
  measures: ["test_accuracy"],
  claims: [
    {
      statement: "A temperature is better than none (T = 1)",
      isPapers: false,
      contrast: above("bss", "T = 1"),
    },
    {
      statement: "The published weight of BSS (β = 2) is better than half of it",
      isPapers: false,
      contrast: above("bss", "β = 1"),
    },
    {
      statement: "The published weight of BSS (β = 2) is better than twice it",
      isPapers: false,
      contrast: above("bss", "β = 4"),
    },
  ],
  scales: atEachScale(({ grid, bss, baseSamples }) => {
    const { eta = 0.3 } = bss as { eta?: number };
    const changed = (name: string, option: string, values: readonly number[]) =>
      values.map((value) => ({
        name: "bss",
        label: `${name} = ${value}`,
        options: { ...bss, [option]: value },
      }));
    return [{
      ...grid,
      students: ["resnet8"],
      methods: [
        { name: "bss", options: bss },
        ...changed("T", "temperature", [1, 2, 5, 10]),
        ...changed("η", "eta", [eta / 3, eta * 3].map((value) => Number(value.toPrecision(2)))),
        ...changed("β", "beta", [0.5, 1, 4]),
        ...changed("N", "baseSamples", [baseSamples / 4, baseSamples / 2, baseSamples * 2]),
      ],
    }];
  }),
};
