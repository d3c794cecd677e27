import { compareAttacks } from "./attacks.ts";
import { compareAutoAttack } from "./autoattack.ts";
import { compareBssStep } from "./bss_step.ts";
import type { Comparison } from "./compare.ts";
import { compareDistillationLosses } from "./distillation_losses.ts";
import { GoldenFolder } from "./golden_folder.ts";
import { compareLaterLosses } from "./later_losses.ts";
import { UserError } from "../user_error.ts";

/** The comparisons, by the file with their reference numbers. */
const checks: Record<string, (folder: GoldenFolder) => AsyncIterable<Comparison>> = {
  "bss_step.safetensors": compareBssStep,
  "attacks.safetensors": compareAttacks,
  "autoattack.safetensors": compareAutoAttack,
  "distillation_losses.safetensors": compareDistillationLosses,
  "later_losses.safetensors": compareLaterLosses,
};

/**
 * Compares the library on the current backend with the reference files of a folder.
 *
 * @throws UserError if the folder has no such file, or one is damaged
 */
export async function* checkParity(path: string): AsyncIterable<Comparison> {
  const folder = await GoldenFolder.open(path);
  const files = Object.keys(checks).filter((file) => folder.files.includes(file));
  if (files.length === 0) {
    throw new UserError(`${path} holds none of ${Object.keys(checks).join(", ")}`);
  }
  for (const file of files) yield* checks[file](folder);
}

/** Lists the reference files of a folder that have no comparison yet. */
export async function notCompared(path: string): Promise<string[]> {
  const { files } = await GoldenFolder.open(path);
  return files.filter((file) => !(file in checks) && !/^(teacher|student)_/.test(file));
}
