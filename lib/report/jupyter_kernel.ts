import type { MimeBundle } from "./display.ts";

/** The part of Deno's Jupyter kernel that is used here. */
export interface JupyterKernel {
  broadcast(
    type: "display_data" | "update_display_data",
    content: Record<string, unknown>,
  ): Promise<void>;
}

/**
 * Deno's kernel (2.9.6) hands outputs to another thread and may say that the cell is done before that
 * thread has sent them; whoever executes the notebook headless then loses them. Of 60 cells 9 did.
 */
const TIME_TO_SEND_MS = 40;

/** Deno's kernel; null outside of a notebook, where asking for it throws. */
export function jupyterKernel(): JupyterKernel | null {
  try {
    return (Deno as unknown as { jupyter: JupyterKernel }).jupyter ?? null;
  } catch {
    return null;
  }
}

/**
 * Shows a bundle below the cell that runs, or in the place of an earlier one.
 *
 * @param display the place: what was shown under the same id before is replaced if `isUpdate`
 */
export async function sendBundle(
  kernel: JupyterKernel,
  data: MimeBundle,
  display?: { readonly id: string; readonly isUpdate: boolean },
): Promise<void> {
  await kernel.broadcast(display?.isUpdate ? "update_display_data" : "display_data", {
    data,
    metadata: {},
    transient: display ? { display_id: display.id } : {},
  });
  await new Promise((resolve) => setTimeout(resolve, TIME_TO_SEND_MS));
}
