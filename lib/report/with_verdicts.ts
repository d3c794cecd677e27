import { VERDICTS_MIME } from "../notebook/notebook.ts";
import { bundleOf, type Displayable, displayable } from "./display.ts";

/** A notebook's verdict on a claim. */
export interface NotebookVerdict {
  readonly claim: string;
  readonly verdict: string;
}

/** Adds verdicts to a displayable, so that the index of notebooks finds them. */
export function withVerdicts(
  shown: Displayable,
  verdicts: readonly NotebookVerdict[],
): Displayable {
  return displayable(async () => ({ ...await bundleOf(shown), [VERDICTS_MIME]: verdicts }));
}
