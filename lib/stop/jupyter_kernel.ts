/** The part of Deno's Jupyter kernel that the library uses. */
export interface JupyterKernel {
  broadcast(
    type: "display_data" | "update_display_data",
    content: Record<string, unknown>,
  ): Promise<void>;
}

/** Finds Deno's kernel; null outside a notebook, where Deno throws. */
export function jupyterKernel(): JupyterKernel | null {
  try {
    return (Deno as unknown as { jupyter: JupyterKernel }).jupyter ?? null;
  } catch {
    return null;
  }
}
