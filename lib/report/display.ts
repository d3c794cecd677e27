import { type JupyterKernel, jupyterKernel } from "../stop/jupyter_kernel.ts";

/**
 * Deno's kernel (2.9.6) hands outputs to another thread and may say that the cell is done before that
 * thread has sent them; whoever executes the notebook headless then loses them. Of 60 cells 9 did.
 */
const TIME_TO_SEND_MS = 40;

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
