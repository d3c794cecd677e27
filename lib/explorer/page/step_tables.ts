import { softmaxRows, topClasses } from "../../tensors/rows.ts";
import { NETWORKS } from "../names.ts";
import { numberText } from "../../report/minus_signs.ts";
import { make } from "./dom.ts";
import type { ShownWalk } from "./seen_walk.ts";

/** Computes a network's gap, from its logits. */
export function gapOf(logits: Float32Array, { base, target }: ShownWalk): number {
  return logits[base] - logits[target];
}

/** Makes the rows of the table of probabilities, one a class. */
export function probabilityRows({ steps, base, target, classes }: ShownWalk, step: number): Node[] {
  const shares = steps[step].logits.map((logits) => softmaxRows(logits, classes.length));
  return classes.map((name, label) => {
    const role = label === base ? " (base)" : label === target ? " (target)" : "";
    const cells = shares.map((of, network) => {
      const cell = make("td", { class: NETWORKS[network] }, percent(of[label]));
      cell.style.setProperty("--share", String(of[label]));
      return cell;
    });
    return make("tr", {}, make("th", { scope: "row" }, name + role), ...cells);
  });
}

/** Makes the rows of the table of numbers, one a step. */
export function numberRows({ steps, classes }: ShownWalk, gaps: readonly number[][]): Node[] {
  return steps.map(({ sample, logits }, step) => {
    const cells = [
      numberText(distance(sample, steps[0].sample), 2),
      ...gaps[step].map((gap) => numberText(gap, 2)),
      ...logits.map((of) => classes[topClasses(of, classes.length)[0]]),
    ].map((text) => make("td", {}, text));
    return make("tr", {}, make("th", { scope: "row" }, String(step)), ...cells);
  });
}

/** Computes the L2 distance between two samples. */
export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}
