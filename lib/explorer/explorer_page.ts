import { join } from "node:path";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { runProgram } from "../files/run_program.ts";
import { linkedAssets, pageHtml } from "../render/page_html.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { runPacked, unpack } from "../report/packed.js";
import { UserError } from "../user_error.ts";
import { explorerData } from "./explorer_data.ts";
import body from "./page/explorer.html" with { type: "text" };
import style from "./page/explorer.css" with { type: "text" };

/**
 * Makes the page on which a reader attacks images and points, and the files beside it.
 *
 * @param remark footer of the page
 * @returns texts by file name, to lie beside the rendered pages
 * @throws UserError if the library cannot be bundled, or a network's file is missing
 */
export async function explorerPage(remark: string): Promise<Readonly<Record<string, string>>> {
  const files = {
    "explorer.css": style,
    "explorer.js": `${unpack}\n${runPacked}\nrunPacked(explorerData.code);\n`,
    "explorer_data.js": await explorerData(await bundle()),
  };
  const bytes = Object.values(files).reduce((sum, { length }) => sum + length, body.length);
  const page = {
    title: "Walk to the decision boundary",
    body: body.replace("{size}", (bytes / 1e6).toFixed(1)),
    footer: escapeHtml(remark),
  };
  const assets = linkedAssets(["explorer.css"], ["explorer_data.js", "explorer.js"]);
  const html = pageHtml(page, assets);
  return { ...files, "explorer.html": html };
}

/** Bundles the page's code and what it uses of the library into one script for a browser. */
async function bundle(): Promise<string> {
  const folder = join(PROJECT_ROOT, "lib/explorer");
  const { success, stdout, stderr } = await runProgram(Deno.execPath(), [
    "bundle",
    "--quiet",
    "--minify",
    "--platform=browser",
    // A page from a disk cannot load modules.
    "--format=iife",
    `--config=${join(PROJECT_ROOT, "deno.json")}`,
    `--import-map=${join(folder, "browser/imports.json")}`,
    join(folder, "page/main.ts"),
  ]);
  if (success) return stdout;
  throw new UserError(
    `deno bundle failed; it needs esbuild, which it fetches from npm once. It said:\n${stderr}`,
  );
}
