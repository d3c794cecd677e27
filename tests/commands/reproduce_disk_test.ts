import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { noSmallDisk, withSmallDisk } from "../small_disk.ts";
import { ONE, reproduce, SHORT } from "./reproduce.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { problemsOf } from "../store/problems_of.ts";

Deno.test("reproduce reports at once that the results folder cannot be written", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "a-file");
    await Deno.writeTextFile(file, "");
    const { code, stderr, seconds } = await reproduce(join(file, "results"), ...ONE);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "cannot be written");
    assert(seconds < 5, `${seconds} s`);
  });
});

Deno.test({
  name: `reproduce reports a full disk and keeps finished runs${
    noSmallDisk && ` (${noSmallDisk})`
  }`,
  ignore: noSmallDisk !== "",
  fn: () =>
    // Room for a finished run and a checkpoint, not for two runs.
    withSmallDisk(1200, async (folder) => {
      const { code, stderr } = await reproduce(
        folder,
        ...SHORT,
        ...["--methods", "original", "--students", "resnet8"],
      );
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, "the disk is full");
      assertStringIncludes(stderr, "run the same command again");
      const results = await ResultsFolder.openToRead(folder);
      assertEquals((await problemsOf(results)).filter(({ kind }) => kind === "damaged"), []);
    }),
});
