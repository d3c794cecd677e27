/** How an attack on one sample ended. */
export const OUTCOMES = ["crossed to target", "third class", "not crossed"] as const;

export type Outcome = typeof OUTCOMES[number];

/** The shares of the outcomes, each in 0…1; all 0 for no sample. */
export function outcomeShares(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const share = (wanted: Outcome) =>
    outcomes.filter((outcome) => outcome === wanted).length / Math.max(outcomes.length, 1);
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, share(outcome)])) as Record<
    Outcome,
    number
  >;
}
