import { bundleOf, type Displayable } from "./display.ts";
import { type JupyterKernel, jupyterKernel, sendBundle } from "./jupyter_kernel.ts";

/** A display that changes in its place; the notebook keeps what it showed last. */
export interface LiveDisplay {
  /** Whether anybody sees updates: false outside a notebook, where they do nothing. */
  readonly isLive: boolean;
  /** Shows this in the place of what was shown before. */
  update(shown: Displayable): Promise<void>;
  /** The last update; outside a notebook, prints it as text. */
  finish(shown: Displayable): Promise<void>;
}

/** A display below the cell that updates it first. Updates are shown in the order of the calls. */
export function liveDisplay(kernel: JupyterKernel | null = jupyterKernel()): LiveDisplay {
  const id = crypto.randomUUID();
  let isUpdate = false;
  let before: Promise<unknown> = Promise.resolve();

  async function send(kernel: JupyterKernel, shown: Displayable): Promise<void> {
    const bundle = await bundleOf(shown);
    await sendBundle(kernel, bundle, { id, isUpdate });
    isUpdate = true;
  }
  async function update(shown: Displayable): Promise<void> {
    if (!kernel) return;
    const sent = before.then(() => send(kernel, shown));
    before = sent.catch(() => {}); // whoever called it hears of it; the next one is shown all the same
    await sent;
  }
  return {
    isLive: kernel !== null,
    update,
    async finish(shown) {
      if (kernel) await update(shown);
      else console.log((await bundleOf(shown))["text/plain"]);
    },
  };
}
