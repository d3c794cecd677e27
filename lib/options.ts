/**
 * Options with their defaults and their limits in one place.
 *
 * An attack, a selection rule or a method declares its options as a record of rules. The type of
 * the resolved options, their defaults and the check of given options follow from these rules.
 */
import { UserError } from "./user_error.ts";

/** The rule of one option: its default, the allowed values in words, and the check. */
export interface Rule<T> {
  readonly default: T;
  readonly allowed: string;
  readonly accepts: (value: unknown) => boolean;
  /** True to leave the default out of the resolved options; see `tacit`. */
  readonly isTacit?: boolean;
}

export type Rules = Readonly<Record<string, Rule<unknown>>>;

/** The resolved options that a record of rules describes; tacit ones may be left out. */
export type Options<R extends Rules> =
  & { readonly [K in keyof R as undefined extends Value<R[K]> ? never : K]: Value<R[K]> }
  & { readonly [K in keyof R as undefined extends Value<R[K]> ? K : never]?: Value<R[K]> };

type Value<R> = R extends Rule<infer T> ? T : never;

/** Makes a rule for a finite number in [min, max] that is greater than `above`. */
export function number(
  fallback: number,
  { min = -Infinity, max = Infinity, above = -Infinity } = {},
): Rule<number> {
  const limits = [
    above > -Infinity ? `greater than ${above}` : min > -Infinity ? `at least ${min}` : "",
    max < Infinity ? `at most ${max}` : "",
  ].filter(Boolean).join(" and ");
  return {
    default: fallback,
    allowed: `a number${limits ? " " + limits : ""}`,
    accepts: (value) =>
      typeof value === "number" && Number.isFinite(value) && value >= min && value <= max &&
      value > above,
  };
}

/** Makes a rule for a whole number in [min, max]. */
export function integer(fallback: number, { min = 0, max = 2 ** 31 - 1 } = {}): Rule<number> {
  return {
    default: fallback,
    allowed: `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && value as number >= min && value as number <= max,
  };
}

/** Makes a rule for one of a list of names. */
export function oneOf<const T extends string>(
  fallback: NoInfer<T>,
  choices: readonly T[],
): Rule<T> {
  return {
    default: fallback,
    allowed: `one of ${choices.join(", ")}`,
    accepts: (value) => (choices as readonly unknown[]).includes(value),
  };
}

/** The lowest and the highest value of a pixel. */
export type PixelBounds = readonly [low: number, high: number];

/** Makes a rule for bounds of pixels: one number c for ±c, or a pair. */
export function pixelBounds(fallback: number | PixelBounds): Rule<number | PixelBounds> {
  const isNumber = (value: unknown): value is number => Number.isFinite(value);
  return {
    default: fallback,
    allowed: "a number c greater than 0, for ±c, or a pair [low, high] with low < high",
    accepts: (value) =>
      Array.isArray(value)
        ? value.length === 2 && value.every(isNumber) && value[0] < value[1]
        : isNumber(value) && value > 0,
  };
}

/** Bounds for each channel: pixels of normalised images have different ones. */
export type ChannelBounds = readonly [low: readonly number[], high: readonly number[]];

/** Makes a rule for bounds of pixels, the same for all channels or a pair of lists, one a channel. */
export function channelBounds(
  fallback: number | PixelBounds,
): Rule<number | PixelBounds | ChannelBounds> {
  const same = pixelBounds(fallback);
  return {
    default: fallback,
    allowed: `${same.allowed}, or a pair of such lists, one number a channel`,
    accepts: (value) => same.accepts(value) || isChannelBounds(value),
  };
}

function isChannelBounds(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Array.isArray)) return false;
  const [low, high] = value as unknown[][];
  return low.length > 0 && low.length === high.length &&
    low.every((bound, channel) => pixelBounds([0, 1]).accepts([bound, high[channel]]));
}

/** Converts a value that `pixelBounds` accepts to a pair. */
export function boundsOf(clamp: number | PixelBounds): PixelBounds {
  return typeof clamp === "number" ? [-clamp, clamp] : clamp;
}

/**
 * Makes a rule tacit, for an option that was added later. The resolved options leave out its
 * default, so that older runs keep their identity.
 */
export function tacit<T>(rule: Rule<T>): Rule<T | undefined> {
  return { ...rule, isTacit: true };
}

/** Makes a rule for true or false. */
export function flag(fallback: boolean): Rule<boolean> {
  return {
    default: fallback,
    allowed: "true or false",
    accepts: (value) => typeof value === "boolean",
  };
}

/** Writes a value that was given for an error message, text in quotes. */
export function givenText(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return "an object";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** @throws UserError if an owner's options are no record of rules: a notebook checks no types */
export function checkRules(owner: string, rules: Rules): void {
  if (typeof rules !== "object" || !rules) {
    throw new UserError(`the ${owner} lacks options; {} stands for none`);
  }
  const wrong = Object.keys(rules).find((key) => typeof rules[key]?.accepts !== "function");
  if (wrong === undefined) return;
  throw new UserError(`option "${wrong}" of the ${owner} must be a rule, such as number(1)`);
}

/**
 * Checks the given options and fills in defaults.
 *
 * @param owner owner of the options for error messages ("bss", "selectBaseSamples", …)
 * @throws UserError naming the option, its value and the allowed values
 */
export function resolveOptions<R extends Rules>(
  owner: string,
  rules: R,
  given: Readonly<Record<string, unknown>> = {},
): Options<R> {
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, key)) {
      throw new UserError(
        `${owner} has no option "${key}"; it has ${Object.keys(rules).join(", ") || "none"}`,
      );
    }
    if (value !== undefined && !rules[key].accepts(value)) {
      throw new UserError(
        `${owner}: option "${key}" is ${givenText(value)}, but must be ${rules[key].allowed}`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(rules).map(([key, rule]) => [key, given[key] ?? rule.default] as const)
      .filter(([key, value]) => !(rules[key].isTacit && value === rules[key].default)),
  ) as Options<R>;
}
