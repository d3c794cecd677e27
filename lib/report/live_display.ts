import { bundleOf, type Displayable, sendBundle } from "./display.ts";
import { type JupyterKernel, jupyterKernel } from "../stop/jupyter_kernel.ts";

/** A display that changes in place. The notebook keeps its last state. */
export interface LiveDisplay {
  /** False outside a notebook, where updates do nothing. */
  readonly isLive: boolean;
  /** Replaces what was shown before. */
  update(shown: Displayable): Promise<void>;
  /** Shows the last update. Outside a notebook, prints it as text. */
  finish(shown: Displayable): Promise<void>;
}

/** Makes a display below the cell of its first update. Updates are shown in the order of calls. */
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
    before = sent.catch(() => {}); // its caller gets the error; the next update is still shown
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

/** Runs an action on request, but at most once in a given time. */
export class Paced {
  readonly #action: () => Promise<void>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #earliest = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param action its errors become warnings, because nobody awaits it */
  constructor(action: () => Promise<void>, everyMs: number) {
    this.#action = action;
    this.#everyMs = everyMs;
  }

  /** Runs the action as soon as it may run again. Requests until then count as one. */
  request(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#earliest = performance.now() + this.#everyMs;
      this.#running = this.#action().catch((error) => console.warn(String(error)));
    }, Math.max(0, this.#earliest - performance.now()));
  }

  /** Cancels a waiting request, and waits for the running action. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }
}
