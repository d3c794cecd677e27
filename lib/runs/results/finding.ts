import type { Problem } from "../../store/folder_problems.ts";

/** A fault in the results, or a gap. */
export interface Finding {
  /** Path relative to the results folder. */
  readonly file: string;
  /**
   * "damaged" and "unlisted" are as in {@linkcode Problem}; a file that contradicts itself is
   * damaged too. "incomplete": a part is missing or cannot be checked. "stale": it differs from the
   * results that it was made from.
   */
  readonly kind: Problem["kind"] | "incomplete" | "stale";
  /** The fault and the remedy, in one line. */
  readonly message: string;
}
