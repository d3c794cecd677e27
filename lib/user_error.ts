/**
 * An error whose cause lies in what was asked for or in what was found on disk, not in this code.
 * Its message names what was wrong and what would be right; commands print it without a stack and
 * exit with status 2.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
