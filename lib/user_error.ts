/**
 * An error caused by a user's input or by files on disk, not by this code. Its message says what is
 * wrong and what would be right. Commands print it without a stack trace and exit with status 2.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
