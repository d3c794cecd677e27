import type { PlanChoices } from "./plan.ts";
import { PRECISIONS } from "../nn/precision.ts";
import { UserError } from "../user_error.ts";

/** The greatest seed: tables store 32-bit numbers. */
export const GREATEST_SEED = 2 ** 31 - 1;

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

/** The choices that are lists, and what each may hold. */
const LISTS: readonly (readonly [keyof PlanChoices, string, (value: unknown) => boolean])[] = [
  ["students", 'names, as in ["resnet8"]', (value) => typeof value === "string"],
  ["methods", 'names, as in ["bss"]', (value) => typeof value === "string"],
  [
    "fractions",
    "shares above 0 and at most 1, as in [0.2]",
    (value) => typeof value === "number" && value > 0 && value <= 1,
  ],
  [
    "seeds",
    `whole numbers from 1 to ${GREATEST_SEED}, as in [1, 2, 3]`,
    (value) => Number.isInteger(value) && value as number >= 1 && value as number <= GREATEST_SEED,
  ],
];

/**
 * Checks choices. Jupyter does not check a cell's types, so a mistyped name would silently leave the
 * default.
 *
 * @param others the names that `owner` takes besides a plan's choices
 * @throws UserError for an unknown name or a bad value, saying what is valid
 */
export function checkChoices(
  owner: string,
  given: Partial<PlanChoices>,
  others: readonly string[] = [],
): void {
  const known = [...Object.keys(CHOICES), ...others];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new UserError(`${owner} has no choice "${unknown}"; choose from ${known.join(", ")}`);
  }
  for (const [key, valid, isValid] of LISTS) {
    const value = given[key];
    if (value === undefined) continue;
    if (Array.isArray(value) && value.length > 0 && value.every(isValid)) continue;
    throw new UserError(
      `${key} of ${owner} is ${JSON.stringify(value)}, but must be a list of ${valid}`,
    );
  }
  const { set, teacherPrecision: precision } = given;
  if (set !== undefined && Object.prototype.toString.call(set) !== "[object Object]") {
    throw new UserError(
      `set of ${owner} is ${JSON.stringify(set)}, but must be options by method, as in ` +
        "{ bss: { eta: 0.1 } }",
    );
  }
  if (precision === undefined || PRECISIONS.includes(precision)) return;
  const text = JSON.stringify(precision);
  const valid = PRECISIONS.join(", ");
  throw new UserError(`teacherPrecision of ${owner} is ${text}; choose from ${valid}`);
}
