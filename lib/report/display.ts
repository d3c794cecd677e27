import { jupyterKernel, sendBundle } from "./jupyter_kernel.ts";

/** Under this name Deno's kernel looks for what makes a bundle of an object. */
export const DISPLAY = Symbol.for("Jupyter.display");

/** One output in several forms, by MIME type; the reader shows the richest one that it can. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What a notebook shows when it is the value of a cell. */
export interface Displayable {
  readonly [DISPLAY]: () => MimeBundle | Promise<MimeBundle>;
}

/** Makes an object that Deno's Jupyter kernel shows as the given bundle. */
export function displayable(bundle: () => MimeBundle | Promise<MimeBundle>): Displayable {
  return { [DISPLAY]: bundle };
}

/** The bundle that a notebook would show. */
export async function bundleOf(shown: Displayable): Promise<MimeBundle> {
  return await shown[DISPLAY]();
}

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
