import { dirname, join } from "node:path";
import { evaluationResult } from "../../../lib/runs/planned_run.ts";
import { PROJECT_ROOT } from "../../../lib/files/project_root.ts";
import { filesUnder } from "../../../lib/store/files_under.ts";
import { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { resultFile } from "../../../lib/store/manifest.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";
import { removeResult } from "../../store/remove_result.ts";

export const TABLE = "tables/quickstart-quick";

/** Copies the results of a folder that comes with the project. */
export async function copyResults(name: string, to: string): Promise<void> {
  const from = join(PROJECT_ROOT, "results", name);
  for await (const file of filesUnder(from)) {
    await Deno.mkdir(dirname(join(to, file)), { recursive: true });
    await Deno.copyFile(join(from, file), join(to, file));
  }
}

/**
 * Makes a results folder that a test may damage: six whole runs (three methods with two seeds, seed
 * 1 with weights) and their table.
 */
export async function withReferenceCopy(
  test: (folder: ResultsFolder, runs: readonly string[]) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (path) => {
    await copyResults("reference", path);
    const folder = await ResultsFolder.open(path);
    const names = await folder.names();
    await test(folder, names.filter((name) => name.startsWith("runs/")));
  });
}

/** Changes one byte in the middle of a file, relative to the folder. */
export async function flipByte({ path }: ResultsFolder, file: string): Promise<void> {
  const bytes = await Deno.readFile(join(path, file));
  bytes[bytes.length >> 1] ^= 1;
  await Deno.writeFile(join(path, file), bytes);
}

type Content = Awaited<ReturnType<ResultsFolder["read"]>>;

/** Rewrites a result with other content. The file itself stays whole. */
export async function rewrite(
  folder: ResultsFolder,
  name: string,
  change: (content: Content) => Partial<Content>,
  newName = name,
): Promise<void> {
  const content = await folder.read(name);
  const { columns, rows, metadata } = { ...content, ...change(content) };
  if (newName !== name) await removeResult(folder, name);
  await folder.write(newName, columns, rows, metadata);
}

const TEACHER = { name: "a-resnet8", hash: "0" };

/** Gives the name of an evaluation made by {@linkcode addEvaluation}. */
export function evaluationOf(run: string, measure: string): string {
  return evaluationResult(run, "boundary", { measure }, TEACHER.hash);
}

/** Adds an evaluation with one measure to a run. */
export async function addEvaluation(
  folder: ResultsFolder,
  run: string,
  measure: string,
  value: number,
  metadata: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = evaluationOf(run, measure);
  await folder.write(name, { measure: "utf8", value: "float64" }, [{ measure, value }], {
    run,
    evaluation: "boundary",
    options: JSON.stringify({ measure }),
    teacher: JSON.stringify(TEACHER),
    ...metadata,
  });
  return name;
}

/** Swaps two results, with their entries in the manifest. */
export async function swap(folder: ResultsFolder, one: string, other: string): Promise<void> {
  const [ours, theirs] = await Promise.all([one, other].map((name) => folder.read(name)));
  for (const [name, { columns, rows, metadata }] of [[one, theirs], [other, ours]] as const) {
    await folder.write(name, columns, rows, metadata);
  }
}

/** Gives the path of a result's file. */
export function pathOf({ path }: ResultsFolder, name: string): string {
  return join(path, resultFile(name));
}
