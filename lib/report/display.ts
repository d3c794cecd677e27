import { UserError } from "../user_error.ts";
import { type JupyterKernel, jupyterKernel } from "../stop/jupyter_kernel.ts";

/**
 * The pause after each output. Deno's kernel (2.9.6) sends outputs from another thread and may
 * report a cell as done before it has sent them. Jupyter's nbclient then loses them: 9 of 60 cells did.
 */
const TIME_TO_SEND_MS = 40;

/** The method that Deno's kernel calls to get an object's bundle. */
export const DISPLAY = Symbol.for("Jupyter.display");

/** One output in several forms, by MIME type. The viewer shows the richest one that it can. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** An object that a notebook shows when it is the value of a cell. */
export interface Displayable {
  readonly [DISPLAY]: () => MimeBundle | Promise<MimeBundle>;
}

/** Makes an object that Deno's Jupyter kernel shows as the given bundle. */
export function displayable(bundle: () => MimeBundle | Promise<MimeBundle>): Displayable {
  return { [DISPLAY]: bundle };
}

/** Returns the bundle that a notebook would show. */
export async function bundleOf(shown: Displayable): Promise<MimeBundle> {
  return await shown[DISPLAY]();
}

/**
 * Shows an object below the notebook cell that calls it. Outside a notebook, prints it as text.
 * Deno's kernel also shows a displayable that is a cell's last value, but programs that do not wait
 * for the kernel may miss it. `executeNotebook` waits.
 */
export async function show(shown: Displayable): Promise<void> {
  if (typeof shown?.[DISPLAY] !== "function") {
    throw new UserError("show() takes a display, as displayTable() and figureDisplay() return");
  }
  const bundle = await bundleOf(shown);
  const kernel = jupyterKernel();
  if (kernel) await sendBundle(kernel, bundle);
  else console.log(bundle["text/plain"]);
}

/**
 * Shows a bundle below the running cell.
 *
 * @param display if `isUpdate`, the bundle replaces an earlier one with the same id
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
