import { VERDICTS_MIME } from "../notebook/notebook.ts";
import { bundleOf, type Displayable, displayable } from "./display.ts";

/** What a notebook says of a claim. */
export interface NotebookVerdict {
  readonly claim: string;
  readonly verdict: string;
}

/** The same, with verdicts in the form in which an index of notebooks finds them. */
export function withVerdicts(
  shown: Displayable,
  verdicts: readonly NotebookVerdict[],
): Displayable {
  return displayable(async () => ({ ...await bundleOf(shown), [VERDICTS_MIME]: verdicts }));
}
