import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { reproduce } from "./reproduce.ts";
import { snapshot } from "./run_task.ts";
import { copyResults } from "../runs/results/reference_copy.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Runs that come with the project, but without their images and teacher. */
const ALL_IMAGES = [
  ...["table1", "--scale", "paper", "--fractions", "1", "--students", "resnet8"],
  ...["--methods", "original,hinton,bss", "--teacher-precision", "bf16"],
];

/** Runs a test on a copy of the results, with an empty data folder. */
async function withoutInputs(
  test: (
    folder: string,
    reproduceSeeds: (seeds: string) => ReturnType<typeof reproduce>,
  ) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "results");
    await copyResults("cifar10-onednn", results);
    await test(
      results,
      (seeds) =>
        reproduce(results, ...ALL_IMAGES, "--seeds", seeds, "--data", join(folder, "no data")),
    );
  });
}

Deno.test("reproduce prints the table of finished runs without images and teacher, and says what it cannot measure", async () => {
  await withoutInputs(async (_folder, reproduceSeeds) => {
    const { code, stdout, stderr } = await reproduceSeeds("1");
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "not measured: there is no teacher cifar10-resnet26");
    assertStringIncludes(stdout, "Not yet measured");
    for (const method of ["original", "hinton", "bss"]) {
      assertMatch(stdout, new RegExp(`^${method} +8\\d\\.\\d\\d`, "m"));
    }
  });
});

Deno.test("reproduce names a missing teacher if runs are missing, and writes nothing", async () => {
  await withoutInputs(async (folder, reproduceSeeds) => {
    const before = await snapshot(folder);
    const { code, stderr } = await reproduceSeeds("1,9");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "there is no teacher cifar10-resnet26");
    assertEquals(await snapshot(folder), before);
  });
});
