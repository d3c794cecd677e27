import { compareBssStep } from "./bss_step.ts";
import type { Comparison } from "./compare.ts";
import { compareDistillationLosses } from "./distillation_losses.ts";
import { GoldenFolder } from "./golden_folder.ts";

/** What is compared, by the file that holds its reference. */
const checks: Record<string, (folder: GoldenFolder) => AsyncIterable<Comparison>> = {
  "bss_step.safetensors": compareBssStep,
  "distillation_losses.safetensors": compareDistillationLosses,
};

/**
 * Compares the library, on the current backend, with every file of a folder that it has a check for.
 *
 * @throws UserError if the folder has none of them, or one is damaged
 */
export async function* checkParity(path: string): AsyncIterable<Comparison> {
  const folder = await GoldenFolder.open(path);
  for (const [file, check] of Object.entries(checks)) {
    if (folder.files.includes(file)) yield* check(folder);
  }
}
