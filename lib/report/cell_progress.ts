import { type Displayable, displayable } from "./display.ts";
import { escapeHtml } from "./escape_html.ts";
import { type JupyterKernel, jupyterKernel } from "../stop/jupyter_kernel.ts";
import { type LiveDisplay, liveDisplay, Paced } from "./live_display.ts";
import { Progress, type ProgressDisplay, textBar, WorkCount } from "./progress.ts";

const REDRAW_MS = 250;

/**
 * Shows the progress of a long computation: a bar below the cell in a notebook, elsewhere a line on
 * standard error.
 *
 * @param total units of work; each unit should take about the same time
 */
export function cellProgress(
  total: number,
  kernel: JupyterKernel | null = jupyterKernel(),
): ProgressDisplay {
  return kernel ? new CellProgress(new WorkCount(total), liveDisplay(kernel)) : new Progress(total);
}

/** A bar with percent, time and label. The last milestone is below it. */
export class CellProgress implements ProgressDisplay {
  readonly #work: WorkCount;
  readonly #display: LiveDisplay;
  readonly #redrawing: Paced;
  #label = "";
  #milestone = "";

  constructor(work: WorkCount, display: LiveDisplay) {
    this.#work = work;
    this.#display = display;
    this.#redrawing = new Paced(() => display.update(this.#shown()), REDRAW_MS);
  }

  discount(units: number): void {
    this.#work.discount(units);
  }

  advance(units: number, label = this.#label): void {
    this.#work.advance(units);
    this.#label = label;
    this.#redrawing.request();
  }

  milestone(text: string): void {
    this.#milestone = text;
    this.#redrawing.request();
  }

  async finish(): Promise<void> {
    await this.#redrawing.stop();
    await this.#display.finish(this.#shown());
  }

  #shown(): Displayable {
    const { fraction, percent, time } = this.#work;
    const lines = [`${percent}  ${time}  ${this.#label}`.trimEnd(), this.#milestone];
    return displayable(() => ({
      "text/html": barHtml(fraction, lines),
      "text/plain": [`${textBar(fraction)} ${lines[0]}`, lines[1]].join("\n").trimEnd(),
    }));
  }
}

/** Sets no colour but the bar's own, so that it is readable in light and dark themes. */
function barHtml(fraction: number, lines: readonly string[]): string {
  const percent = (100 * fraction).toFixed(1);
  return `<div role="progressbar" aria-label="progress" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${percent}" ` +
    `style="border:1px solid #777777;border-radius:3px;max-width:600px;height:12px">` +
    `<div style="background:#0072b2;width:${percent}%;height:100%"></div></div>` +
    lines.map((line) =>
      `<div style="font-variant-numeric:tabular-nums;min-height:1.4em">${escapeHtml(line)}</div>`
    ).join("");
}
