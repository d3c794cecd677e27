import { decode, encode } from "fast-png";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type AnyTrace, type Figure, plotlyForm } from "./figure.ts";
import { findChromium } from "./find_chromium.ts";
import { fitLayout } from "./draw_figure.js";
import { plotlySource } from "./figure_html.ts";
import { jsonForScript } from "./escape_html.ts";
import { untilStopped } from "../stop/until_stopped.ts";
import { UserError } from "../user_error.ts";

/** Pixels of the picture for one pixel of the page: sharp on dense screens and in print. */
const SCALE = 1.5;

/** A page takes about a second. A browser that hangs must not block a notebook. */
const TIME_LIMIT_MS = 60_000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Blocks the network, so that a page that needs it fails here and not for its reader.
  "--host-resolver-rules=MAP * ~NOTFOUND",
  "--screenshot",
  `--force-device-scale-factor=${SCALE}`,
  "--hide-scrollbars",
];

/**
 * Draws a figure in headless Chromium, without a network and in a temporary profile.
 *
 * @param size in pixels of the page; the picture has half as many again each way
 * @returns the bytes of a PNG, or `null` if there is no Chromium
 * @throws UserError if Chromium fails or hangs
 */
export async function renderPng(
  figure: Figure<AnyTrace>,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array | null> {
  const executable = await findChromium();
  if (executable === null) return null;
  const folder = await Deno.makeTempDir({ prefix: "bss-chromium-" });
  try {
    const page = join(folder, "page.html");
    await Deno.writeTextFile(page, await pictureHtml(figure, width, height));
    const said = await run(executable, folder, [`--window-size=${width},${height}`, page]);
    const drawn = await Deno.readFile(join(folder, "screenshot.png")).catch(() => {
      throw browserError(executable, said);
    });
    // Chromium packs quickly rather than small. This takes an eighth off.
    return encode(decode(drawn), { zlib: { level: 9 } });
  } finally {
    await removeProfile(folder);
  }
}

/** Runs the browser in a folder and returns its standard error. */
async function run(executable: string, folder: string, args: readonly string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await untilStopped(undefined, async (signal) => {
      const ended = await new Deno.Command(executable, {
        args: [...FLAGS, `--user-data-dir=${join(folder, "profile")}`, ...args],
        cwd: folder,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
      }).output();
      signal.throwIfAborted();
      return ended;
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw browserError(executable, String(error));
  }
  const said = new TextDecoder().decode(output.stderr);
  if (!output.success) throw browserError(executable, said);
  return said;
}

function browserError(executable: string, said: string): UserError {
  return new UserError(
    `${executable} failed or took longer than ${TIME_LIMIT_MS / 1000} s to show a page; ` +
      `set CHROMIUM to another browser. It said:\n${said}`,
  );
}

/**
 * Removes the browser's folder. The browser's helper processes end a little later and may still
 * write into the profile, so the first tries may fail. (`maxRetries` of node:fs does nothing in
 * Deno.)
 */
async function removeProfile(folder: string): Promise<void> {
  for (let tries = 20; tries > 1; tries--) {
    const removed = await Deno.remove(folder, { recursive: true }).then(() => true, () => false);
    if (removed) return;
    await delay(50);
  }
  await Deno.remove(folder, { recursive: true });
}

async function pictureHtml(
  figure: Figure<AnyTrace>,
  width: number,
  height: number,
): Promise<string> {
  const { data, layout } = plotlyForm(figure);
  const drawn = jsonForScript({ data, layout, config: { staticPlot: true } });
  return `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="figure"></div>` +
    `<script>${await plotlySource()}</script><script>{` +
    `const { data, layout, config } = ${drawn};` +
    `const fitted = (${fitLayout})(layout, ${width});` +
    `Plotly.newPlot("figure", data, { ...fitted, width: ${width}, height: ${height} }, config);` +
    `}</script>`;
}
