import type { MethodEntry } from "./experiment.ts";
import { optionRules } from "../distillation/method.ts";
import { attacks } from "../attack/attacks.ts";
import { methodNamed, methods } from "../distillation/methods.ts";
import { UserError } from "../user_error.ts";

/** Options of methods and of "protocol", set by the user: owner → option → value. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The owner of the options that all methods share: epochs, batchSize, learningRate, … */
export const PROTOCOL = "protocol";

/**
 * Parses `["bss.eta=0.1", "bss.mode=paper"]` to `{ bss: { eta: 0.1, mode: "paper" } }`. A value
 * that is not JSON is text.
 *
 * @throws UserError for anything but "owner.option=value", and for an unknown owner
 */
export function parseOverrides(settings: readonly string[]): Overrides {
  const overrides: Record<string, Record<string, unknown>> = {};
  for (const setting of settings) {
    const [, owner, option, text] = /^([^=]+)\.([^.=]+)=(.*)$/s.exec(setting) ?? [];
    if (owner === undefined) {
      throw new UserError(
        `--set is "${setting}", but must be METHOD.OPTION=VALUE, as in bss.eta=0.1`,
      );
    }
    if (owner !== PROTOCOL) checkMethod(owner, option);
    const options = overrides[owner] ??= {};
    if (Object.hasOwn(options, option)) {
      throw new UserError(`--set gives ${owner}.${option} twice; give it once`);
    }
    options[option] = parseValue(text);
  }
  return overrides;
}

/** @throws UserError for an owner that is no method, with a hint if it is an attack */
function checkMethod(owner: string, option: string): void {
  const isAttack = attacks.some(({ shortName }) => shortName === owner);
  if (isAttack && !methods.some(({ name }) => name === owner)) {
    throw new UserError(
      `--set names the attack "${owner}", but its options belong to the method, as in bss.${option}=…`,
    );
  }
  methodNamed(owner);
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws UserError for a method that is not among the entries, or for settings without names */
export function checkOverridesUsed(overrides: Overrides, entries: readonly MethodEntry[]): void {
  const names = [...new Set(entries.map(({ name }) => name))];
  for (const [owner, options] of Object.entries(overrides)) {
    if (owner !== PROTOCOL && !names.includes(owner)) {
      throw new UserError(
        `options of "${owner}" are set, but the methods here are ${names.join(", ")}; ` +
          `besides them "${PROTOCOL}" has options`,
      );
    }
    // A notebook may set anything, such as a number.
    if (Object(options) !== options) {
      throw new UserError(
        `${owner} is set to ${JSON.stringify(options)}, but must be options by name, as in ` +
          "set: { bss: { eta: 0.1 } }",
      );
    }
  }
}

/** @throws UserError if more base samples are set than a mini-batch has images */
export function checkBaseSamples(overrides: Overrides, batchSize: number): void {
  for (const [owner, { baseSamples }] of Object.entries(overrides)) {
    if (Number(baseSamples ?? 0) <= batchSize) continue;
    throw new UserError(
      `${owner}.baseSamples is ${baseSamples}, but must be at most ${batchSize}, the images of a ` +
        `mini-batch (${PROTOCOL}.batchSize)`,
    );
  }
}

/**
 * Describes the protocol's overrides, as tables show them: "epochs=20", several in the order of their
 * names; null if there are none.
 */
export function protocolText({ [PROTOCOL]: settings = {} }: Overrides): string | null {
  return settingsText(settings).sort().join(", ") || null;
}

/** Applies the overrides of an entry's method to its options and its label. */
export function withOverrides(entry: MethodEntry, overrides: Overrides): MethodEntry {
  const { attack, ...rest } = { ...overrides[entry.name] };
  const isReplaced = attack !== undefined && attack !== attackOf(entry);
  const shown = [...(isReplaced ? [String(attack)] : []), ...settingsText(rest)];
  const label = labelOf(entry);
  return {
    name: entry.name,
    options: { ...(isReplaced ? optionsForAttack(entry, attack) : entry.options), ...rest },
    label: shown.length === 0 ? label : `${label} (${shown.join(", ")})`,
  };
}

/** Lists settings as text: ["eta=0.1", "step=newton"]. */
export function settingsText(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).map(([option, value]) =>
    `${option}=${typeof value === "string" ? value : JSON.stringify(value)}`
  );
}

/** Gives an entry's name in tables. */
export function labelOf({ name, label = name }: MethodEntry): string {
  return label;
}

/** True if a method makes samples by an attack, which another attack can replace. */
export function makesSamples(entry: MethodEntry): boolean {
  return attackOf(entry) !== undefined;
}

/** Gives the attack that makes an entry's samples; undefined if it makes none. */
export function attackOf({ name, options = {} }: MethodEntry): unknown {
  return options.attack ?? methodNamed(name).options.attack?.default;
}

/** Gives the options of an entry with another attack. Keeps the options that both attacks share. */
function optionsForAttack(
  { name, options = {} }: MethodEntry,
  attack: unknown,
): MethodEntry["options"] {
  const method = methodNamed(name);
  const rules = optionRules(method, { attack });
  const kept = Object.entries(options).filter(([key]) => rules[key] === method.options[key]);
  return { ...Object.fromEntries(kept), attack };
}
