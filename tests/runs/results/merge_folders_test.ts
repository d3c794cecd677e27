import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { addEvaluation, flipByte, rewrite, TABLE, withReferenceCopy } from "./reference_copy.ts";
import { nameOf } from "./assert_findings.ts";
import { mergeFolders } from "../../../lib/runs/results/merge_folders.ts";
import { verifyResults } from "../../../lib/runs/results/verify_results.ts";
import { studentPath } from "../../../lib/runs/table/run_results.ts";
import { exists } from "../../../lib/files/exists.ts";
import { resultFile } from "../../../lib/store/manifest.ts";
import { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { UserError } from "../../../lib/user_error.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

/** Runs a test with six whole runs in a folder, and a folder that has none. */
async function withBoth(
  test: (from: ResultsFolder, into: ResultsFolder, runs: readonly string[]) => Promise<void>,
): Promise<void> {
  await withReferenceCopy(async (from, runs) => {
    await withTemporaryFolder(async (path) => {
      await test(from, await ResultsFolder.open(join(path, "into")), runs);
    });
  });
}

const read = ({ path }: ResultsFolder, file: string) => Deno.readFile(join(path, file));

Deno.test("mergeFolders() copies lacking runs, byte for byte, with weights and evaluations, but no table", async () => {
  await withBoth(async (from, into, runs) => {
    const evaluation = await addEvaluation(from, nameOf(runs[0]), "distance_ratio", 0.5);
    const copied = [...runs, evaluation];
    assertEquals(await mergeFolders(from, into), { copied, known: [], damaged: [] });
    assertEquals(await into.names(), copied.toSorted());
    for (const file of [...copied.map(resultFile), studentPath(nameOf(runs[0]))]) {
      assertEquals(await read(into, file), await read(from, file));
    }
    assert(!(await into.has(TABLE)));
    assertEquals((await mergeFolders(from, into)).copied, []);
  });
});

Deno.test("mergeFolders() keeps the runs that are there, and adds evaluations of the same student only", async () => {
  await withBoth(async (from, into, [same, other, ...rest]) => {
    await mergeFolders(from, into);
    await rewrite(into, other, ({ metadata }) => ({ metadata: { ...metadata, weights: "0" } }));
    const kept = await read(into, resultFile(other));
    const wanted = await addEvaluation(from, nameOf(same), "distance_ratio", 0.5);
    await addEvaluation(from, nameOf(other), "distance_ratio", 0.5);
    const known = [same, other, ...rest];
    assertEquals(await mergeFolders(from, into), { copied: [wanted], known, damaged: [] });
    assertEquals(await read(into, resultFile(other)), kept);
  });
});

Deno.test("mergeFolders() leaves damaged runs behind and names them", async () => {
  await withBoth(async (from, into, [run, ...rest]) => {
    await flipByte(from, resultFile(run));
    const { copied, damaged } = await mergeFolders(from, into);
    assertEquals([copied, damaged.map(({ file }) => file)], [rest, [resultFile(run)]]);
    assertEquals((await verifyResults(into, [])).findings, []);
  });
});

Deno.test("mergeFolders() leaves weights behind that are not those of their run, and names them", async () => {
  await withBoth(async (from, into, runs) => {
    const file = studentPath(nameOf(runs[0]));
    await Deno.truncate(join(from.path, file), 1000);
    const { copied, damaged } = await mergeFolders(from, into);
    assertEquals([copied, damaged.map(({ file }) => file)], [runs, [file]]);
    assert(!await exists(join(into.path, file)));
  });
});

Deno.test("mergeFolders() copies teachers and descriptions of inputs, and nothing if they differ", async () => {
  await withBoth(async (from, into) => {
    for (const [folder, text] of [[from, "theirs"], [into, "ours"]] as const) {
      await Deno.mkdir(join(folder.path, "inputs"));
      await Deno.writeTextFile(join(folder.path, "inputs/cifar10.json"), text);
    }
    await assertRejects(
      () => mergeFolders(from, into),
      UserError,
      "differ in inputs/cifar10.json: their runs had other images, or another teacher, under the " +
        "name cifar10; keep these folders apart",
    );
    assertEquals(await into.names(), []);
    await Deno.remove(join(into.path, "inputs/cifar10.json"));
    const teacher = "teachers/cifar10-resnet26.safetensors";
    await Deno.mkdir(join(from.path, "teachers"), { recursive: true });
    await Deno.writeTextFile(join(from.path, teacher), "weights");
    await mergeFolders(from, into);
    assertEquals(await Deno.readTextFile(join(into.path, "inputs/cifar10.json")), "theirs");
    assertEquals(await Deno.readTextFile(join(into.path, teacher)), "weights");
  });
});
