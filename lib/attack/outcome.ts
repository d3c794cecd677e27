import type { AttackClasses } from "./attack.ts";

/** How an attack on one sample ended. Without a target class, any but the label is the target. */
export const OUTCOMES = ["crossed to target", "third class", "not crossed"] as const;

/** One of `OUTCOMES`. */
export type Outcome = typeof OUTCOMES[number];

/** The outcome of each sample, by the classifier's top class at its end. */
export function outcomesOf(
  top: ArrayLike<number>,
  { labels, targets }: AttackClasses,
): Outcome[] {
  return Array.from(top, (k, i) => {
    if (k === labels[i]) return "not crossed";
    return !targets || k === targets[i] ? "crossed to target" : "third class";
  });
}

/** The shares of the outcomes, each in 0…1; all 0 for no sample. */
export function outcomeShares(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const share = (wanted: Outcome) =>
    outcomes.filter((outcome) => outcome === wanted).length / Math.max(outcomes.length, 1);
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, share(outcome)])) as Record<
    Outcome,
    number
  >;
}
