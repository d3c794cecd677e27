import type { Problem } from "../../lib/store/folder_problems.ts";
import { resultFile } from "../../lib/store/manifest.ts";
import type { ResultsFolder } from "../../lib/store/results_folder.ts";
import { UserError } from "../../lib/user_error.ts";

/** Reads every result of a folder, whatever its name. Lists damage and unlisted files; none if it is whole. */
export async function problemsOf(folder: ResultsFolder): Promise<Problem[]> {
  const names = await folder.names();
  const read = await folder.readEach(names);
  const damaged = read.flatMap((result, index): Problem[] =>
    result instanceof UserError
      ? [{ file: resultFile(names[index]), kind: "damaged", message: result.message }]
      : []
  );
  return [...damaged, ...await folder.unlisted()];
}
