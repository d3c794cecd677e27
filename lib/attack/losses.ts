import { softmaxRows } from "../tensors/rows.ts";
import type { AttackClasses } from "./attack_input.ts";

/** The losses that an attack maximises, one per image. */
interface RowLosses {
  /** `[n]` */
  readonly values: Float64Array;
  /**
   * The gradient with respect to the logits, `[n, classes]`, each row divided by its largest absolute
   * entry. Attacks only use its direction, and the gradient of a confident classifier would vanish in
   * float32.
   */
  readonly gradient: Float32Array;
  /** The divisor of each row, `[n]` */
  readonly divisors: Float64Array;
}

/** A loss on rows of logits, given the label and, for a targeted loss, the target of each row. */
export type AttackLoss = (
  logits: Float32Array,
  classes: number,
  labels: readonly number[],
  targets?: readonly number[],
) => RowLosses;

/** The cross-entropy to the label or, with targets, the negative cross-entropy to the target. */
export const crossEntropyLoss: AttackLoss = (logits, classes, labels, targets) => {
  const p = softmaxRows(logits, classes);
  const sign = targets ? -1 : 1;
  return eachRow(classes, targets ?? labels, (row, label, gradient) => {
    let others = 0;
    for (let k = 0; k < classes; k++) {
      if (k === label) continue;
      others += p[row + k];
      gradient[k] = sign * p[row + k];
    }
    // −Σ_{c≠y} p_c instead of p_y − 1, which is 0 for a confident classifier; likewise the logarithm.
    gradient[label] = -sign * others;
    return -sign * (others < 0.5 ? Math.log1p(-others) : Math.log(p[row + label]));
  });
};

/**
 * The targeted difference-of-logits ratio (Croce and Hein 2020):
 * `−(z_y − z_t) / (z_π1 − (z_π3 + z_π4)/2)`, where z_π are the logits in falling order. It needs four
 * classes.
 */
export const dlrLoss: AttackLoss = (logits, classes, labels, targets) =>
  eachRow(classes, labels, (row, label, gradient, i) => {
    const z = logits.subarray(row, row + classes);
    const target = targets![i];
    const [first, , third, fourth] = Array.from(z.keys()).sort((a, b) => z[b] - z[a]);
    const difference = z[label] - z[target];
    // Croce and Hein's code adds 1e-12, too: constant logits would divide by zero.
    const scale = z[first] - (z[third] + z[fourth]) / 2 + 1e-12;
    gradient[label] -= 1 / scale;
    gradient[target] += 1 / scale;
    const slope = difference / scale ** 2;
    gradient[first] += slope;
    gradient[third] -= slope / 2;
    gradient[fourth] -= slope / 2;
    return -difference / scale;
  });

/** Computes values and scaled gradients; `valueOf` fills in a row's gradient and returns its value. */
function eachRow(
  classes: number,
  labels: readonly number[],
  valueOf: (row: number, label: number, gradient: Float64Array, index: number) => number,
): RowLosses {
  const values = new Float64Array(labels.length);
  const gradient = new Float32Array(labels.length * classes);
  const divisors = new Float64Array(labels.length);
  labels.forEach((label, i) => {
    const ofRow = new Float64Array(classes);
    values[i] = valueOf(i * classes, label, ofRow, i);
    divisors[i] = ofRow.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0) || 1;
    gradient.set(ofRow.map((entry) => entry / divisors[i]), i * classes);
  });
  return { values, gradient, divisors };
}

/**
 * Finds the margin that an attack narrows: of the label over all other classes or, with targets, of all
 * other classes over the target.
 *
 * @param logits of one sample
 * @returns the margin of the class `down` over the class `up`
 */
export function marginOf(
  logits: Float32Array,
  { labels, targets }: AttackClasses,
  sample: number,
): { readonly margin: number; readonly down: number; readonly up: number } {
  const own = targets ? targets[sample] : labels[sample];
  let rival = own === 0 ? 1 : 0;
  for (let k = 0; k < logits.length; k++) {
    if (k !== own && logits[k] > logits[rival]) rival = k;
  }
  const [down, up] = targets ? [rival, own] : [own, rival];
  return { margin: logits[down] - logits[up], down, up };
}
