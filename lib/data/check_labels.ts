import { UserError } from "../user_error.ts";

/** @throws UserError naming the file, the first label that is out of range, and its place */
export function checkLabels(labels: Uint8Array, classes: number, file: string): void {
  const index = labels.findIndex((label) => label >= classes);
  if (index < 0) return;
  throw new UserError(
    `${file} is damaged: label ${labels[index]} of image ${index} is not in 0…${classes - 1}; ` +
      `delete it and get it again`,
  );
}
