import { bundleOf, type Displayable } from "./display.ts";

/** The part of Deno's Jupyter kernel that is used here. */
interface JupyterKernel {
  broadcast(type: "display_data", content: Record<string, unknown>): Promise<void>;
}

/**
 * Deno's kernel (2.9.6) hands outputs to another thread and may say that the cell is done before that
 * thread has sent them; whoever executes the notebook headless then loses them. Of 60 cells 9 did.
 */
const TIME_TO_SEND_MS = 40;

/**
 * Shows something below the notebook cell that calls it; outside a notebook, prints it as text. A
 * displayable that is a cell's last value is shown too, but may be lost in headless execution.
 */
export async function show(shown: Displayable): Promise<void> {
  const data = await bundleOf(shown);
  const jupyter = kernel();
  if (!jupyter) return console.log(data["text/plain"]);
  await jupyter.broadcast("display_data", { data, metadata: {}, transient: {} });
  await new Promise((resolve) => setTimeout(resolve, TIME_TO_SEND_MS));
}

/** Deno's kernel; null outside of a notebook, where asking for it throws. */
function kernel(): JupyterKernel | null {
  try {
    return (Deno as unknown as { jupyter: JupyterKernel }).jupyter ?? null;
  } catch {
    return null;
  }
}
