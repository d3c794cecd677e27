import { UserError } from "../user_error.ts";

/**
 * Checks the labels of one file.
 *
 * @throws UserError naming the file, the first label that is out of range, and its record, from 0
 */
export function checkLabels(labels: Uint8Array, classes: number, file: string): void {
  const index = labels.findIndex((label) => label >= classes);
  if (index < 0) return;
  throw new UserError(
    `${file} is damaged: label ${labels[index]} in record ${index} is out of range ` +
      `0…${classes - 1}; delete it and get it again`,
  );
}
