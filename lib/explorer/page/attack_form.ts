import { type BssAttackOptions, bssAttackOptions } from "../../attack/bss.ts";
import { find } from "./dom.ts";

/** The options of the attack that a reader chooses. */
export type ChosenOptions = Pick<BssAttackOptions, "eta" | "step" | "maxSteps">;

/** Sets the attack's options in a form. */
export function setOptions(form: HTMLFormElement, options: ChosenOptions): void {
  for (const [name, value] of Object.entries(options)) field(form, name).value = String(value);
}

/**
 * Reads the attack's options from a form and marks a field with a value that the attack does not take.
 *
 * @returns null if there is such a field
 */
export function readOptions(form: HTMLFormElement): ChosenOptions | null {
  const options = {
    eta: field(form, "eta").valueAsNumber,
    step: field(form, "step").value,
    maxSteps: field(form, "maxSteps").valueAsNumber,
  };
  for (const [name, value] of Object.entries(options)) {
    const { accepts, allowed } = bssAttackOptions[name as keyof ChosenOptions];
    field(form, name).setCustomValidity(accepts(value) ? "" : `give ${allowed}`);
  }
  return form.reportValidity() ? options as ChosenOptions : null;
}

function field(form: HTMLFormElement, name: string): HTMLInputElement {
  return find<HTMLInputElement>(form, `[name="${name}"]`);
}
