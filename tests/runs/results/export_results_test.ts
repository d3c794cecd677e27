import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { exportResults } from "../../../lib/runs/results/export_results.ts";
import { UserError } from "../../../lib/user_error.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

Deno.test("exportResults() writes nothing into the results folder, not even through a link", async () => {
  await withTemporaryFolder(async (path) => {
    const [real, link] = ["real", "link"].map((name) => join(path, name));
    await Deno.mkdir(real);
    await Deno.symlink(real, link);
    const refused = [real, link].flatMap((folder) =>
      [real, link].flatMap((target) => [
        [folder, join(target, "manifest.json")],
        [folder, join(target, "new", "runs.csv")],
      ])
    );
    for (const [folder, file] of refused) {
      await assertRejects(
        () => exportResults([], [], { file, format: "csv" }, folder),
        UserError,
        `${file} is inside the results folder ${folder}; choose another --out`,
      );
    }
    assertEquals(await Array.fromAsync(Deno.readDir(real)), []);
  });
});
