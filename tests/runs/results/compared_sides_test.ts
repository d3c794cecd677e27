import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { flipByte, withReferenceCopy } from "./reference_copy.ts";
import { comparedSides } from "../../../lib/runs/results/compared_sides.ts";
import { resultFile } from "../../../lib/store/manifest.ts";
import { PROJECT_ROOT } from "../../../lib/files/project_root.ts";
import { UserError } from "../../../lib/user_error.ts";

const FOLDER = join(PROJECT_ROOT, "results", "reference");
const ELSEWHERE = join(PROJECT_ROOT, "results", "reference-onednn", "runs");
const BSS = "fashion-mnist-subset-resnet8-bss-quick-seed";
const HINTON = "fashion-mnist-subset-resnet8-hinton-quick-seed";

async function seedsOf(...names: [string, string]): Promise<number[][]> {
  const sides = await comparedSides(FOLDER, names);
  return sides.map((side) => side.map(({ specification: { seed } }) => seed));
}

Deno.test("comparedSides() takes all seeds of the specifications that are named", async () => {
  assertEquals(await seedsOf(`${BSS}2`, `runs/${HINTON}`), [[1, 2], [1, 2]]);
  assertEquals(await seedsOf(BSS, `${ELSEWHERE}/${BSS}1-ec59c8e55f.arrow`), [
    [1, 2],
    [1, 2, 3, 4, 5],
  ]);
});

Deno.test("comparedSides() takes just the runs that are named if both are of one specification", async () => {
  assertEquals(await seedsOf(`${BSS}1`, `${BSS}2`), [[1], [2]]);
});

Deno.test("comparedSides() lists the candidates for a name that fits several specifications", async () => {
  await assertRejects(
    () => seedsOf(BSS, "fashion-mnist-subset-"),
    UserError,
    `"fashion-mnist-subset-" fits runs of 3 specifications; name one of them, for all of its seeds:\n` +
      `  runs/${BSS}1-ec59c8e55f  20 %, baseSamples=8, eta=1, step=newton, batchSize=32, epochs=8\n  runs/${HINTON}1-`,
  );
  await assertRejects(() => seedsOf("bss-seed9", BSS), UserError, `similar names are runs/${BSS}1`);
  await assertRejects(
    () => seedsOf("nowhere/runs/a", BSS),
    UserError,
    "there is no results folder nowhere",
  );
});

Deno.test("comparedSides() compares no damaged run", async () => {
  await withReferenceCopy(async (folder, [bss, , hinton]) => {
    await flipByte(folder, resultFile(hinton));
    await assertRejects(() => comparedSides(folder.path, [bss, hinton]), UserError, "is damaged");
  });
});
