import { join } from "node:path";
import { RESULTS } from "../lib/files/project_root.ts";
import { counted } from "../lib/report/duration.ts";
import { bundleOf } from "../lib/report/display.ts";
import { comparedSides } from "../lib/runs/results/compared_sides.ts";
import { comparisonTables } from "../lib/runs/results/comparison.ts";
import { eachResult, resultText } from "../lib/runs/results/result_cells.ts";
import { mergeFolders } from "../lib/runs/results/merge_folders.ts";
import { exportResults } from "../lib/runs/results/export_results.ts";
import { kindCounts, resultsList } from "../lib/runs/results/results_list.ts";
import { chooseResults, readStored } from "../lib/runs/results/stored_result.ts";
import { verifyResults } from "../lib/runs/results/verify_results.ts";
import { type CommandLine, runCommand } from "../lib/commands/command_line.ts";
import { folderOptions } from "../lib/commands/common_options.ts";
import { exportFormats } from "../lib/store/export.ts";
import { filesUnder, nestedFolders, ownFiles } from "../lib/store/files_under.ts";
import type { Problem } from "../lib/store/folder_problems.ts";
import { MANIFEST_FILE } from "../lib/store/manifest.ts";
import { printable } from "../lib/files/printable.ts";
import { ResultsFolder } from "../lib/store/results_folder.ts";
import { UserError } from "../lib/user_error.ts";

const command = {
  name: "results",
  summary:
    "Lists and compares results, checks that they are whole, or exports them for other tools.\n\n" +
    "  list [NAME…]     lists runs, one line for all seeds, and tables (the default)\n" +
    "  show NAME…       shows specification, machine, versions and columns\n" +
    "  verify [NAME…]   checks results against the manifest and each other; one line per finding\n" +
    "  compare A B      shows accuracies paired by seed, curves, and what differs in the\n" +
    "                   specifications; A and B are names of runs, or their beginnings, and stand\n" +
    "                   for all seeds; a path in front names another results folder\n" +
    "  merge FOLDER     copies the runs of another results folder that this one lacks, with their\n" +
    "                   evaluations and teachers, into this one, which --results must name\n" +
    "  export NAME…     merges results into one file; columns in front of runs and evaluations name\n" +
    "                   data set, student, method, options, seed, …\n\n" +
    'A NAME is a result, "tables/table1-quick", or the beginning of several, "runs/"; "*" matches any\n' +
    'text, "runs/*-bss-*". Damaged results are named and left out. Exit status: 2 if something is\n' +
    "damaged; 1 if verify finds anything else; otherwise 0.",
  positionals: "[list|show|verify|compare|merge|export] [NAME…]",
  options: {
    each: { help: "list: one line per result, with its name" },
    format: {
      value: exportFormats.map(({ name }) => name).join("|"),
      help: "export: the format (default: by --out, else csv); csv leaves the metadata out",
    },
    out: {
      value: "FILE",
      help: "export: the file to write (without it, csv goes to the terminal)",
    },
    results: folderOptions.results,
  },
} as const;

type Options = CommandLine<typeof command.options>["options"];
type Action = (folder: ResultsFolder, names: string[], options: Options) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  list,
  show,
  verify,
  compare,
  merge,
  export: exportThem,
};

/** The action that each option belongs to; --results belongs to all. */
const OWNERS = { each: "list", format: "export", out: "export" } as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    const [action = "list", ...names] = positionals;
    if (!Object.hasOwn(actions, action)) {
      throw new UserError(
        `results cannot "${action}"; choose from ${Object.keys(actions).join(", ")}`,
      );
    }
    for (const [option, owner] of Object.entries(OWNERS)) {
      if (options[option as keyof typeof OWNERS] && owner !== action) {
        throw new UserError(`--${option} is an option of \`results ${owner}\`, not of ${action}`);
      }
    }
    if (["show", "export"].includes(action) && names.length === 0) {
      throw new UserError(`${action} needs a NAME: runs/, tables/, "runs/*-bss-*", …`);
    }
    // Only an export to a file and a merge write.
    if (options.out === undefined && action !== "merge") {
      await Deno.permissions.revoke({ name: "write" });
    }
    const mayBeMissing = action === "merge";
    const folder = await ResultsFolder.openToRead(options.results ?? RESULTS, { mayBeMissing });
    return await actions[action](folder, names, options);
  });
}

async function list(folder: ResultsFolder, patterns: string[], { each }: Options): Promise<number> {
  const { results, damaged } = chooseResults(await readStored(folder), patterns);
  const sizes = await sizesUnder(folder.path);
  if (results.length > 0) console.log((each ? eachResult : resultsList)(results, sizes));
  else if (damaged.length === 0) await tellEmpty(folder);
  tellNested(folder, [...sizes.keys()]);
  return reportDamaged(damaged);
}

async function show(folder: ResultsFolder, patterns: string[]): Promise<number> {
  const { results, damaged } = chooseResults(await readStored(folder), patterns);
  if (results.length > 0) console.log(results.map(resultText).join("\n\n"));
  return reportDamaged(damaged);
}

async function verify(folder: ResultsFolder, patterns: string[]): Promise<number> {
  const { findings, names, runs, withWeights } = await verifyResults(folder, patterns);
  for (const { kind, message } of findings) console.log(`${kind}: ${printable(message)}`);
  const kinds = Map.groupBy(findings, ({ kind }) => kind);
  const verdict = [...kinds].map(([kind, of]) => `${of.length} ${kind}`).join(", ");
  if (names.length + findings.length === 0) await tellEmpty(folder);
  else {
    const kept = `the final weights of ${withWeights} of ${counted(runs, "whole run")} are kept`;
    console.log(`${kindCounts(names)}; ${kept}: ${verdict || "all is whole"}`);
  }
  tellNested(folder, await Array.fromAsync(filesUnder(folder.path)));
  return kinds.has("damaged") ? 2 : kinds.size > 0 ? 1 : 0;
}

async function compare({ path }: ResultsFolder, names: string[]): Promise<number> {
  if (names.length !== 2) {
    throw new UserError(`compare needs two NAMEs of runs, not ${names.length}: runs/…-bss-…`);
  }
  const sides = await comparedSides(path, [names[0], names[1]]);
  const texts = comparisonTables(sides).map(async (table) => (await bundleOf(table))["text/plain"]);
  console.log((await Promise.all(texts)).join("\n\n"));
  return 0;
}

async function merge(_: ResultsFolder, names: string[], { results }: Options): Promise<number> {
  if (names.length !== 1 || results === undefined) {
    throw new UserError(
      "merge needs a FOLDER to copy from, and --results FOLDER to copy to: " +
        "`deno task results merge theirs --results ours`",
    );
  }
  const from = await ResultsFolder.openToRead(names[0]);
  const { copied, known, damaged } = await mergeFolders(from, await ResultsFolder.open(results));
  const there = `${counted(known.length, "run")} there already`;
  console.log(`copied ${kindCounts(copied)} from ${names[0]} to ${results}; ${there}`);
  console.log("`deno task reproduce` makes the tables again");
  return reportDamaged(damaged);
}

async function exportThem(
  folder: ResultsFolder,
  patterns: string[],
  { format, out: file }: Options,
): Promise<number> {
  const stored = await readStored(folder);
  const { results, damaged } = chooseResults(stored, patterns);
  if (results.length > 0) {
    await exportResults(results, stored.results, { format, file }, folder.path);
  }
  return reportDamaged(damaged);
}

function reportDamaged(damaged: readonly Problem[]): number {
  for (const { message } of damaged) console.error(`damaged, and left out: ${printable(message)}`);
  return damaged.length > 0 ? 2 : 0;
}

/** Reads the files' sizes in bytes, by relative path. Skips files that are removed meanwhile. */
async function sizesUnder(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const file of filesUnder(folder)) {
    const info = await Deno.stat(join(folder, file)).catch(() => null);
    if (info) sizes.set(file, info.size);
  }
  return sizes;
}

/** @throws UserError if there are results, but no list of them */
async function tellEmpty({ path }: ResultsFolder): Promise<void> {
  const files = await ownFiles(path);
  if (files.some((file) => file.endsWith(".arrow")) && !files.includes(MANIFEST_FILE)) {
    throw new UserError(`${path} has lost ${MANIFEST_FILE}, which lists its results; put it back`);
  }
  console.log(`There are no results in ${path}; \`deno task reproduce\` makes some.`);
}

function tellNested({ path }: ResultsFolder, files: readonly string[]): void {
  const nested = nestedFolders(files).map((name) => join(path, name, "."));
  if (nested.length === 0) return;
  console.log(`Further results folders, for --results: ${printable(nested.join(", "))}`);
}
