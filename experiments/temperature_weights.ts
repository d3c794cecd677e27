import { claimsOf } from "./claims.ts";
import { bssAttackOptions } from "../lib/attack/bss.ts";
import type { Experiment } from "../lib/runs/experiment.ts";
import { atEachScale } from "../lib/runs/scales.ts";

/** Changes the temperature T, step η, weight β and number N of base samples, one at a time. */
export const temperatureWeights: Experiment = {
  name: "temperature-weights",
  title: "Temperature, step, weight and number of BSS",
  reference: "bss",
  measures: ["test_accuracy"],
  claims: claimsOf("temperature-weights"),
  scales: atEachScale(({ grid, bss, baseSamples }) => {
    const { eta = bssAttackOptions.eta.default } = bss as { eta?: number };
    const changed = (name: string, option: string, values: readonly number[]) =>
      values.map((value) => ({
        name: "bss",
        label: `${name} = ${value}`,
        options: { ...bss, [option]: value },
      }));
    return [{
      ...grid,
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
