import { bundleOf, type Displayable, sendBundle } from "./display.ts";
import { type JupyterKernel, jupyterKernel } from "../stop/jupyter_kernel.ts";

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

/** Does something again and again on request, but no more often than in a given time. */
export class Paced {
  readonly #action: () => Promise<void>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #earliest = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param action an error of it becomes a warning: nobody awaits it */
  constructor(action: () => Promise<void>, everyMs: number) {
    this.#action = action;
    this.#everyMs = everyMs;
  }

  /** Has it done as soon as its time has come; requests until then are one. */
  request(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#earliest = performance.now() + this.#everyMs;
      this.#running = this.#action().catch((error) => console.warn(String(error)));
    }, Math.max(0, this.#earliest - performance.now()));
  }

  /** Takes back a request that waits, and waits for what is being done. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }
}
