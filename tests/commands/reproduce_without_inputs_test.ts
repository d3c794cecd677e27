import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { reproduce } from "./reproduce.ts";
import { snapshot } from "./run_task.ts";
import { copyResults } from "../runs/results/reference_copy.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Runs that come with the project, but without images and teacher. Robustness is not measured. */
const TUNED = [
  ...["table1", "robustness", "--scale", "paper", "--fractions", "0.2", "--students", "resnet8"],
  ...["--methods", "attention", "--set", "attention.weight=100"],
  ...["--teacher-precision", "bf16", "--student-precision", "bf16"],
  ...["--set", "protocol.evaluateEvery=5"],
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
    await copyResults("cifar10", results);
    await test(
      results,
      (seeds) => reproduce(results, ...TUNED, "--seeds", seeds, "--data", join(folder, "no data")),
    );
  });
}

Deno.test("reproduce prints the table of finished runs without images and teacher, and says what it cannot measure", async () => {
  await withoutInputs(async (_folder, reproduceSeeds) => {
    const { code, stdout, stderr } = await reproduceSeeds("1");
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "not measured: there is no teacher cifar10-resnet26");
    assertStringIncludes(stdout, "Not yet measured");
    assertMatch(stdout, /^resnet8 +attention \(weight=100\) .* 7\d\.\d\d/m);
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
