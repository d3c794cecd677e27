import { bundleOf, type Displayable } from "./display.ts";
import { jupyterKernel, sendBundle } from "./jupyter_kernel.ts";

/**
 * Shows something below the notebook cell that calls it; outside a notebook, prints it as text. A
 * displayable that is a cell's last value is shown too, but programs that do not wait for Deno's
 * kernel as `executeNotebook` does may miss it.
 */
export async function show(shown: Displayable): Promise<void> {
  const bundle = await bundleOf(shown);
  const kernel = jupyterKernel();
  if (kernel) await sendBundle(kernel, bundle);
  else console.log(bundle["text/plain"]);
}
