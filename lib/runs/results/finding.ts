import type { Problem } from "../../store/folder_problems.ts";

/** Something wrong with what results say, or with what is there of them. */
export interface Finding {
  /** Path relative to the results folder. */
  readonly file: string;
  /**
   * "damaged" and "unlisted" as {@linkcode Problem} has them; what contradicts itself is damaged too.
   * "incomplete": something that belongs to it is missing, or cannot be checked. "stale": it says
   * something else than the results that it was made of.
   */
  readonly kind: Problem["kind"] | "incomplete" | "stale";
  /** What is wrong and what to do, in one line. */
  readonly message: string;
}
