import { findProgram, isFile } from "../files/find_program.ts";
import { BROWSERS } from "../files/hidden.ts";
import { UserError } from "../user_error.ts";

/**
 * Finds the browser that draws static pictures: `$CHROMIUM`, else the first of chromium,
 * chromium-browser and google-chrome on the path, else `null`.
 *
 * @throws UserError if `$CHROMIUM` names a missing file
 */
export async function findChromium(): Promise<string | null> {
  const chosen = Deno.env.get("CHROMIUM");
  if (!chosen) return await findProgram(BROWSERS);
  if (await isFile(chosen)) return chosen;
  throw new UserError(`CHROMIUM is "${chosen}", but there is no such file`);
}
