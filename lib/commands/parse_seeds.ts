import { parseList, parseWholeNumber } from "./command_line.ts";
import { UserError } from "../user_error.ts";

/**
 * "3" means seeds 1, 2 and 3; "1,2,5" means those; "7," means seed 7 alone.
 *
 * @throws UserError for anything that is not a positive whole number
 */
export function parseSeeds(text: string): number[] {
  if (text.includes(",")) {
    return parseList("seeds", text).map((item) => parseWholeNumber("seeds", item, 1));
  }
  const count = parseWholeNumber("seeds", text, 1);
  if (count > 1000) {
    throw new UserError(
      `--seeds ${text} means ${text} runs of everything; for one seed say "${text},"`,
    );
  }
  return Array.from({ length: count }, (_, index) => index + 1);
}
