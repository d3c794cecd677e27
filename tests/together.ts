/**
 * Imports all tests of a folder, so that they run in one isolate: TensorFlow.js starts and is
 * compiled once instead of once a file.
 *
 *     deno test tests/together.ts -- FOLDER
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

async function* testFiles(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* testFiles(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

const [folder] = Deno.args;
for (const path of (await Array.fromAsync(testFiles(folder))).sort()) {
  await import(pathToFileURL(path).href);
}
