import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { TABLE, withReferenceCopy } from "./reference_copy.ts";
import { verifyResults } from "../../../lib/runs/results/verify_results.ts";
import type { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { resultFile } from "../../../lib/store/manifest.ts";

/** Kind, file and message of a finding. */
type Expected = readonly [kind: string, file: string, message: RegExp];

/** Changes whole results, given one of their runs, and checks the findings. */
export async function assertFindings(
  damage: (folder: ResultsFolder, run: string) => Promise<unknown>,
  expected: (run: string) => readonly Expected[],
): Promise<void> {
  await withReferenceCopy(async (folder, [run]) => {
    await damage(folder, run);
    const { findings } = await verifyResults(folder, []);
    const wanted = expected(run);
    assertEquals(
      findings.map(({ kind, file }) => [kind, file]),
      wanted.map(([kind, file]) => [kind, file]),
    );
    findings.forEach(({ message, file }, index) => {
      assertMatch(message, wanted[index][2]);
      assertStringIncludes(message, join(folder.path, file));
      assertEquals(message.split("\n").length, 1);
    });
  });
}

/** "runs/a" → "a" */
export const nameOf = (run: string) => run.slice("runs/".length);

export const TABLE_FILE = resultFile(TABLE);
