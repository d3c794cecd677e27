import type { JupyterKernel } from "../../lib/stop/jupyter_kernel.ts";

/** A display that a kernel was asked to show. */
export interface SentDisplay {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly transient: { readonly display_id?: string };
}

/** Makes a kernel that records the displays it is asked to show. */
export function madeUpKernel(): { kernel: JupyterKernel; sent: SentDisplay[] } {
  const sent: SentDisplay[] = [];
  return {
    sent,
    kernel: {
      broadcast(type, content) {
        sent.push({ type, ...content } as SentDisplay);
        return Promise.resolve();
      },
    },
  };
}

/** Returns the lines that a function prints to the console. */
export async function printedBy(run: () => Promise<void>): Promise<unknown[]> {
  const printed: unknown[] = [];
  const { log } = console;
  console.log = (text: unknown) => printed.push(text);
  try {
    await run();
  } finally {
    console.log = log;
  }
  return printed;
}
