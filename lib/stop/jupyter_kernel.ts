/** The part of Deno's Jupyter kernel that is used here. */
export interface JupyterKernel {
  broadcast(
    type: "display_data" | "update_display_data",
    content: Record<string, unknown>,
  ): Promise<void>;
}

/** Deno's kernel; null outside of a notebook, where asking for it throws. */
export function jupyterKernel(): JupyterKernel | null {
  try {
    return (Deno as unknown as { jupyter: JupyterKernel }).jupyter ?? null;
  } catch {
    return null;
  }
}
