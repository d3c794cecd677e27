import { basename, dirname, join, resolve } from "node:path";
import { type CommandLine, runCommand } from "./command_line.ts";
import { cellErrors, type Notebook } from "../notebook/notebook.ts";
import { compactFigures, pathsShown } from "../notebook/compact_figures.ts";
import { explorerPage } from "../explorer/explorer_page.ts";
import { executeNotebook } from "../notebook/execute_notebook.ts";
import { notebooksNamed } from "../notebook/list_notebooks.ts";
import {
  declaredParameters,
  type Parameters,
  parseSettings,
  splitSetting,
} from "../notebook/parameters.ts";
import { readNotebook } from "../notebook/read_notebook.ts";
import { writeNotebook } from "../notebook/write_notebook.ts";
import { type NamedNotebook, writeOnePage, writePages } from "../render/write_pages.ts";
import { formatDuration } from "../report/duration.ts";
import { findChromium } from "../report/find_chromium.ts";
import { printableLines } from "../files/printable.ts";
import { provenance } from "../store/provenance.ts";
import { UserError } from "../user_error.ts";

const command = {
  name: "render",
  summary:
    "Executes notebooks (default: all of the project) and writes them as web pages that need no\n" +
    "network: an overview of them with their verdicts, a page for each, with its file and tables,\n" +
    "and a page on which you attack images yourself.",
  positionals: "[notebook…]",
  options: {
    set: {
      value: "NAME=VALUE",
      help: "set a parameter in the notebooks that have it: --set scale=smoke; may be repeated",
      isRepeatable: true,
    },
    out: { value: "FOLDER", help: "target folder (default: rendered)" },
    standalone: { help: "write one page that needs no other file, for example to mail" },
    "no-execute": { help: "show the outputs that the notebooks hold" },
    "in-place": { help: "save the notebooks with their new outputs instead, and write no pages" },
  },
} as const;

type Options = CommandLine<typeof command.options>["options"];

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    const paths = await notebooksNamed(positionals);
    checkOptions(options);
    await checkBrowser(options);
    return options["in-place"] ? await saveExecuted(paths) : await render(paths, options);
  });
}

function checkOptions({ set, out, standalone, ...flags }: Options): void {
  if (flags["no-execute"] && (set.length > 0 || flags["in-place"])) {
    throw new UserError("--no-execute cannot be combined with --set or --in-place");
  }
  if (flags["in-place"] && (set.length > 0 || out !== undefined || standalone)) {
    throw new UserError(
      "--in-place cannot be combined with other options; write parameters into the notebook's cell " +
        `tagged "parameters"`,
    );
  }
}

/** @throws UserError if notebooks would be saved without the pictures that code hosts show */
async function checkBrowser(options: Options): Promise<void> {
  if (options["no-execute"] || await findChromium() !== null) return;
  const message = "there is no Chromium to draw still pictures of the figures; " +
    "apt-get install chromium, or set CHROMIUM to one";
  if (options["in-place"]) throw new UserError(message);
  console.warn(`${message}. The pages' own figures do not need it.`);
}

async function saveExecuted(paths: readonly string[]): Promise<number> {
  let failures = 0;
  for (const path of paths) {
    const notebook = await execute(path, {});
    const problems = [...cellErrors(notebook), ...pathsShown(notebook)];
    for (const problem of problems) {
      console.error(`${path} is not saved: ${printableLines(problem)}`);
    }
    if (problems.length === 0) await writeNotebook(path, compactFigures(notebook));
    else failures++;
  }
  return failures === 0 ? 0 : 1;
}

async function render(paths: readonly string[], options: Options): Promise<number> {
  const out = resolve(options.out ?? "rendered");
  const sources = await Promise.all(paths.map(async (path) => ({
    path,
    name: basename(path, ".ipynb"),
    notebook: await readNotebook(path),
  })));
  checkNames(sources.map(({ name }) => name));
  if (!(options.standalone && options["no-execute"])) await checkTarget(out, paths);
  checkSettings(options.set, sources.map(({ notebook }) => notebook));
  const planned = sources.map((source) => ({
    ...source,
    parameters: parseSettings(options.set, source.notebook),
  }));
  const foot = await remark(options);
  const explorer = options.standalone ? {} : await explorerPage(foot).catch(warnWithoutExplorer);
  // Rendering without execution starts no more programs and opens no connection.
  if (options["no-execute"]) {
    for (const name of ["run", "net"] as const) await Deno.permissions.revoke({ name });
  }
  const shown: NamedNotebook[] = [];
  for (const { path, name, notebook, parameters } of planned) {
    shown.push({
      name,
      folder: dirname(path),
      notebook: options["no-execute"]
        ? notebook
        : await execute(path, parameters, join(out, `${name}.ipynb`)),
    });
  }
  const page = join(out, pageName(options, shown));
  if (options.standalone) await writeOnePage(page, shown, foot);
  else await writePages(out, shown, foot, explorer);
  console.log(`written to ${page}`);
  return shown.some(({ notebook }) => cellErrors(notebook).length > 0) ? 1 : 0;
}

/** Leaves out the explorer where it cannot be made: the notebooks' pages do not need it. */
function warnWithoutExplorer(error: unknown): Record<string, never> {
  if (!(error instanceof UserError)) throw error;
  console.warn(`there will be no explorer page: ${printableLines(error.message)}`);
  return {};
}

function pageName({ standalone }: Options, notebooks: readonly NamedNotebook[]): string {
  if (!standalone) return "index.html";
  return notebooks.length === 1 ? `${notebooks[0].name}.html` : "notebooks.html";
}

function checkNames(names: readonly string[]): void {
  const taken = new Set(["index", "explorer"]);
  for (const name of names) {
    if (taken.has(name)) {
      throw new UserError(`several pages would be "${name}.html"; rename a notebook`);
    }
    taken.add(name);
  }
}

/** @throws UserError if the pages' copy of a notebook would replace the notebook itself */
async function checkTarget(out: string, paths: readonly string[]): Promise<void> {
  const target = await Deno.realPath(out).catch(() => out);
  for (const path of paths) {
    if (await Deno.realPath(dirname(path)) === target) {
      throw new UserError(
        `${path} lies in ${out} itself, where a copy of it would replace it; choose another --out, or ` +
          "--in-place to save it with new outputs",
      );
    }
  }
}

/** @throws UserError for a setting of a parameter that no notebook has */
function checkSettings(settings: readonly string[], notebooks: readonly Notebook[]): void {
  const known = new Set(notebooks.flatMap((notebook) => [...declaredParameters(notebook).keys()]));
  const unknown = settings.map((setting) => splitSetting(setting)[0])
    .find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new UserError(
      `--set ${unknown}: none of these notebooks has that parameter; they have ` +
        ([...known].join(", ") || "none"),
    );
  }
}

/** Executes a notebook and prints how it ended. With `kept`, writes it to that file at once. */
async function execute(path: string, parameters: Parameters, kept?: string): Promise<Notebook> {
  console.log(`${basename(path)}: executing …`);
  const start = performance.now();
  const notebook = await executeNotebook(path, { parameters });
  if (kept !== undefined) await writeNotebook(kept, notebook);
  const errors = cellErrors(notebook);
  for (const error of errors) console.error(`${basename(path)}: ${printableLines(error)}`);
  const time = formatDuration((performance.now() - start) / 1000);
  console.log(`${basename(path)}: ${errors.length === 0 ? "done" : "stopped"} after ${time}`);
  return notebook;
}

/** Makes the footer of a page, which says where the outputs come from. */
async function remark(options: Options): Promise<string> {
  const { machine, deno, commit } = await provenance();
  const date = new Date().toISOString().slice(0, 10);
  return options["no-execute"]
    ? `The outputs that the notebooks held on ${date}, commit ${commit}.`
    : `Executed on ${date} on ${machine}, with Deno ${deno}, commit ${commit}.`;
}
