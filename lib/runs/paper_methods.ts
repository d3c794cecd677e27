import type { MethodEntry } from "./experiment.ts";

/** The columns of the paper's comparison of methods. */
export function paperMethods(bss: MethodEntry["options"]): MethodEntry[] {
  return [
    { name: "original" },
    { name: "hinton" },
    { name: "fitnet" },
    { name: "attention" },
    { name: "fsp" },
    { name: "bss", options: bss },
  ];
}
