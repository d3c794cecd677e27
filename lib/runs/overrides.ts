import type { MethodEntry } from "./experiment.ts";
import { methodNamed } from "../distillation/methods.ts";
import { UserError } from "../user_error.ts";

/** Options of methods, and of "protocol", that are set for one time: owner → option → value. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The owner of what every method is trained with: epochs, batchSize, learningRate, … */
export const PROTOCOL = "protocol";

/**
 * `["bss.eta=0.1", "bss.mode=paper"]` → `{ bss: { eta: 0.1, mode: "paper" } }`. A value is read as JSON
 * where it is, else as text.
 *
 * @throws UserError for what is not "owner.option=value", or an owner that is no method
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
    if (owner !== PROTOCOL) methodNamed(owner);
    (overrides[owner] ??= {})[option] = parseValue(text);
  }
  return overrides;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws UserError if something is set for a method that no entry has, or not as options by name */
export function checkOverridesUsed(overrides: Overrides, entries: readonly MethodEntry[]): void {
  const names = [...new Set(entries.map(({ name }) => name))];
  for (const [owner, options] of Object.entries(overrides)) {
    if (owner !== PROTOCOL && !names.includes(owner)) {
      throw new UserError(
        `options of "${owner}" are set, but the methods here are ${names.join(", ")}; ` +
          `besides them "${PROTOCOL}" has options`,
      );
    }
    // In a notebook anything may be typed; a number would be no options.
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

/** What is set of the protocol, as tables show it: "epochs=20"; null for nothing. */
export function protocolText({ [PROTOCOL]: settings = {} }: Overrides): string | null {
  return Object.keys(settings).length === 0 ? null : settingsText(settings).join(", ");
}

/** An entry with what is set for its method, and a label that says so. */
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

/** ["eta=0.1", "step=newton"] */
export function settingsText(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).map(([option, value]) =>
    `${option}=${typeof value === "string" ? value : JSON.stringify(value)}`
  );
}

/** What tables call an entry. */
export function labelOf({ name, label = name }: MethodEntry): string {
  return label;
}

/** Whether a method's samples are made by an attack, in whose place others can be put. */
export function makesSamples(entry: MethodEntry): boolean {
  return attackOf(entry) !== undefined;
}

/** Which attack makes its samples; undefined for a method that has none. */
export function attackOf({ name, options = {} }: MethodEntry): unknown {
  return options.attack ?? methodNamed(name).options.attack?.default;
}

/**
 * The options of an entry with another attack in the place of its own: of those that were set for that,
 * the ones that are the very same of the other attack stay.
 */
function optionsForAttack(
  { name, options = {} }: MethodEntry,
  attack: unknown,
): MethodEntry["options"] {
  const { options: own, optionsFor } = methodNamed(name);
  const rules = optionsFor?.({ attack }) ?? own;
  const kept = Object.entries(options).filter(([key]) => rules[key] === own[key]);
  return { ...Object.fromEntries(kept), attack };
}
