import { VERDICTS_MIME } from "../notebook/notebook.ts";
import { bundleOf, type Displayable, displayable } from "./display.ts";

/** A notebook's verdict on a claim. */
export interface NotebookVerdict {
  readonly claim: string;
  readonly verdict: string;
  /** Left out for a verdict in words only */
  readonly evidence?: Evidence;
}

/** The numbers behind a verdict, and where they were measured. */
export interface Evidence {
  /** "cifar10" */
  readonly dataset: string;
  /** "paper", or the name of a quicker trial */
  readonly scale: string;
  /** The rest of the place: "resnet8, 20 % of the images, 80 epochs" */
  readonly place: string;
  /** True for one of the paper's main claims */
  readonly isMain: boolean;
  /** Seeds so far and planned: "3 of 10" */
  readonly seeds: string;
  /** In `unit`; null without data */
  readonly difference: number | null;
  /** The adjusted interval */
  readonly interval: readonly [low: number, high: number] | null;
  /** The paper's difference; null if it is not known for this place */
  readonly paper: number | null;
  /** "points" */
  readonly unit: string;
  /** Difference and interval as the notebook's table shows them: "+2.07", "[-0.51, 4.65]" */
  readonly shown: { readonly difference: string | null; readonly interval: string | null };
  /** True if the rule has decided the claim, whichever way */
  readonly isDecided: boolean;
}

/** Adds verdicts to a displayable, so that the index of notebooks finds them. */
export function withVerdicts(
  shown: Displayable,
  verdicts: readonly NotebookVerdict[],
): Displayable {
  return displayable(async () => ({ ...await bundleOf(shown), [VERDICTS_MIME]: verdicts }));
}
