import { parseList } from "./command_line.ts";
import { UserError } from "../user_error.ts";

/** More is a mistyped seed, not a number of runs. */
const MOST = 1000;

/** Tables have them as 32-bit numbers. */
const GREATEST = 2 ** 31 - 1;

/**
 * "3" means seeds 1, 2 and 3; "1-3" too; "1,2,5" and "1-3,7" mean those; "7," means seed 7 alone.
 *
 * @throws UserError for anything else, for more than a thousand seeds, and for one that no table can hold
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
  if (last > GREATEST) {
    throw new UserError(`--seeds has "${text}", but a seed must be at most ${GREATEST}`);
  }
  if (last - first >= MOST) {
    throw new UserError(
      `--seeds ${text} means ${last - first + 1} runs of everything; for one seed say "${last},"`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
