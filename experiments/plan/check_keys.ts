import type { PlanChoices } from "./run_plan.ts";
import { UserError } from "../../lib/user_error.ts";

const CHOICES: Readonly<Record<keyof PlanChoices, true>> = {
  scale: true,
  dataset: true,
  fractions: true,
  students: true,
  methods: true,
  seeds: true,
  attack: true,
  set: true,
  beside: true,
  teacherPrecision: true,
};

/**
 * Refuses a choice that nobody knows. Nobody checks the types of a notebook's cells, so a mistyped one
 * would silently be the default.
 *
 * @param others names that `owner` knows besides those of a plan's choices
 * @throws UserError that lists what there is
 */
export function checkKeys(owner: string, given: object, others: readonly string[] = []): void {
  const known = [...Object.keys(CHOICES), ...others];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new UserError(`${owner} has no choice "${unknown}"; choose from ${known.join(", ")}`);
}
