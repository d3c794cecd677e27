import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAtomically } from "../files/write_atomically.ts";

const LAUNCHER = fileURLToPath(new URL("kernel/launch_kernel.ts", import.meta.url));

/** The kernel's name in Jupyter and in notebooks. */
export const KERNEL = "deno";

/**
 * Writes a kernel specification for Jupyter into a folder. The kernel is this Deno; Stop interrupts
 * it instead of killing it.
 */
export async function writeKernelSpec(folder: string): Promise<void> {
  const spec = {
    argv: [Deno.execPath(), "run", "--allow-all", LAUNCHER, "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "message",
  };
  const path = join(folder, "kernels", KERNEL, "kernel.json");
  await writeAtomically(path, JSON.stringify(spec));
}

/** Returns `$JUPYTER_PATH` with a folder before all others. */
export function jupyterPath(folder: string): string {
  return [folder, Deno.env.get("JUPYTER_PATH")].filter(Boolean).join(delimiter);
}
