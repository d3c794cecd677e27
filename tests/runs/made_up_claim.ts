import { above, type Claim } from "../../lib/runs/claim.ts";
import { experiments } from "../../experiments/experiments.ts";
import { tableRowOf } from "./table_row_of.ts";

/** A claim about two methods, three seeds and a family of two. */
export const claim: Claim = {
  statement: "BSS beat Hinton's distillation",
  isPapers: true,
  experiment: "table1",
  place: { scale: "smoke", dataset: "d", student: "resnet8", fraction: 1, epochs: 2 },
  measure: "test_accuracy",
  contrast: above("bss", "hinton"),
  seeds: [1, 2, 3],
  family: { name: "two", size: 2 },
  margin: 0.5,
};

/** Makes an experiment that lists these claims. */
export const about = (...claims: Claim[]) => ({ ...experiments[0], name: "table1", claims });

/** Makes rows of two methods over seeds 1, 2, … */
export function rowsOf(bss: readonly number[], hinton: readonly number[], place = {}) {
  return [
    ...bss.map((accuracy, i) => tableRowOf("bss", i + 1, accuracy, place)),
    ...hinton.map((accuracy, i) => tableRowOf("hinton", i + 1, accuracy, place)),
  ];
}

/** A method that is above the other in all three seeds */
export const ABOVE = rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74]);
