import { UserError } from "../user_error.ts";

/** Makes the error for a damaged file of a data set. */
export function damagedFile(file: string, why: string, options?: ErrorOptions): UserError {
  return new UserError(`${file} is damaged: ${why}; delete it and get it again`, options);
}
