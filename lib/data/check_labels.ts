import { UserError } from "../user_error.ts";

/**
 * Checks the labels of one file.
 *
 * @param first the label of the first class
 * @throws UserError naming the file, the first label that is out of range, and its record, from 0
 */
export function checkLabels(
  labels: ArrayLike<number>,
  classes: number,
  file: string,
  first = 0,
): void {
  const last = first + classes - 1;
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] >= first && labels[index] <= last) continue;
    throw new UserError(
      `${file} is damaged: label ${labels[index]} in record ${index} is out of range ` +
        `${first}…${last}; delete it and get it again`,
    );
  }
}
