import { parseList } from "./command_line.ts";
import { UserError } from "../user_error.ts";

/** More is a mistyped seed, not a number of runs. */
const MOST = 1000;

/**
 * "3" means seeds 1, 2 and 3; "1-3" too; "1,2,5" and "1-3,7" mean those; "7," means seed 7 alone.
 *
 * @throws UserError for anything else, and for more than a thousand seeds
 */
export function parseSeeds(text: string): number[] {
  if (/^\d+$/.test(text)) return range(text, 1, Number(text));
  const seeds = parseList("seeds", text).flatMap((item) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(item) ?? [];
    return range(item, Number(first), Number(last));
  });
  return [...new Set(seeds)];
}

function range(text: string, first: number, last: number): number[] {
  if (!(first >= 1 && last >= first)) {
    throw new UserError(
      `--seeds is "${text}", but must be how many, as in 3, or which, as in 1-3 or 1,2,7 or 1-3,7; ` +
        `for seed 7 alone say "7,"`,
    );
  }
  if (last - first >= MOST) {
    throw new UserError(
      `--seeds ${text} means ${last - first + 1} runs of everything; for one seed say "${last},"`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
