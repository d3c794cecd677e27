import { type Budget, epsilonText } from "./budget.ts";
import type { RobustnessAttack } from "./robustness_attack.ts";
import type { Interval } from "../statistics/interval.ts";

/** The accuracy of a classifier under one attack within one ball. */
export interface RobustnessRow extends Budget {
  readonly attack: string;
  /** The share of all images, 0…1; NaN for no image. */
  readonly accuracy: number;
  /** 95 % Wilson interval over the choice of images; null for no image. */
  readonly interval: Interval | null;
  /** The number of images, including those misclassified without an attack. */
  readonly images: number;
  /** The number of images that each stage of the attack broke, by the stage's name. */
  readonly broken: Readonly<Record<string, number>>;
  /** Sentences that say why this row is doubtful. */
  readonly warnings: readonly string[];
}

/**
 * Adds warnings to rows that are doubtful in comparison with the others (Carlini et al. 2019, "On
 * evaluating adversarial robustness", section 3).
 *
 * @param clean the accuracy without an attack
 * @param attacks the attacks, weak to strong
 * @param classes the number of classes
 */
export function withWarnings(
  rows: readonly Omit<RobustnessRow, "warnings">[],
  clean: number,
  attacks: readonly RobustnessAttack[],
  classes: number,
): RobustnessRow[] {
  return rows.map((row) => {
    const place = attacks.findIndex(({ name }) => name === row.attack);
    const names = attacks.slice(0, place).map(({ name }) => name);
    const weaker = rows.filter(({ attack }) => names.includes(attack));
    const found = [
      leftOutCheck(attacks[place], classes),
      aboveCleanCheck(row, clean),
      risingCheck(row, rows),
      weakerCheck(row, weaker),
    ];
    return { ...row, warnings: found.filter((warning) => warning !== null) };
  });
}

/** Lists the stages of an attack for which there are enough classes. */
export function stagesFor({ stages }: RobustnessAttack, classes: number) {
  return stages.filter(({ leastClasses = 0 }) => classes >= leastClasses);
}

/** Checks whether a stage is left out for lack of classes. */
function leftOutCheck(attack: RobustnessAttack, classes: number): string | null {
  const able = stagesFor(attack, classes);
  const out = attack.stages.filter((stage) => !able.includes(stage));
  if (out.length === 0) return null;
  const needs = out.map(({ name, leastClasses }) => `${name} needs ${leastClasses} classes`);
  return `${needs.join(", ")} and the classifier has ${classes}: ${attack.name} is ` +
    `${able.map(({ name }) => name).join(", ") || "nothing"} alone here`;
}

/** The part of a row that the checks need. */
export type CheckedRow = Pick<RobustnessRow, "attack" | "accuracy" | keyof Budget>;

/** Checks whether attacked images are classified better than the images themselves. */
export function aboveCleanCheck({ accuracy }: CheckedRow, clean: number): string | null {
  if (!(accuracy > clean)) return null;
  return `the accuracy under attack, ${percent(accuracy)}, is above that without one, ` +
    `${percent(clean)}: the attack helps the classifier`;
}

/** Checks whether the accuracy is above that of the same attack within a smaller ball. */
export function risingCheck(row: CheckedRow, rows: readonly CheckedRow[]): string | null {
  const smaller = rows.filter(({ attack, norm, epsilon }) =>
    attack === row.attack && norm === row.norm && epsilon < row.epsilon
  );
  const lowest = smaller.toSorted((a, b) => a.accuracy - b.accuracy)[0];
  if (!lowest || !(row.accuracy > lowest.accuracy)) return null;
  return `the accuracy of ${percent(row.accuracy)} at ε = ${epsilonText(row)} is above the ` +
    `${percent(lowest.accuracy)} at ${epsilonText(lowest)}, a smaller ball that lies within: the ` +
    "attack does not find what is there";
}

/**
 * Checks whether a weaker attack has a lower accuracy.
 *
 * @param weaker rows of attacks that should not lower the accuracy more than this one
 */
export function weakerCheck(row: CheckedRow, weaker: readonly CheckedRow[]): string | null {
  const lowest = weaker
    .filter(({ norm, epsilon }) => norm === row.norm && epsilon === row.epsilon)
    .toSorted((a, b) => a.accuracy - b.accuracy)[0];
  if (!lowest || !(row.accuracy > lowest.accuracy)) return null;
  return `the accuracy of ${percent(row.accuracy)} at ε = ${epsilonText(row)} is above the ` +
    `${percent(lowest.accuracy)} under ${lowest.attack}, a weaker attack: gradients may be masked`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
