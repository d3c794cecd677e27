import { formatMarkdownTable } from "../lib/report/cell.ts";
import type { Claim } from "../lib/runs/claim.ts";
import { verdictLines } from "../lib/runs/report/verdict_words.ts";
import type { Verdict } from "../lib/runs/table/verdicts.ts";

/** Makes the READMEs' table of verdicts. */
export function markdownVerdicts(found: readonly Verdict[]): string {
  return formatMarkdownTable(
    ["claim", "seeds", "difference [adjusted interval]", "verdict"],
    verdictLines(found).map(({ claim, measure, seeds, difference, interval, verdict }, index) => [
      claim + particularsOf(found[index].claim, measure),
      seeds?.replace(/^(\d+) of \1$/, "$1") ?? "",
      [difference, interval].filter(Boolean).join(" "),
      verdict,
    ]),
  );
}

/** Names a claim's measure and share of images if they are not test accuracy and a fifth. */
function particularsOf({ measure: column, place, contrast }: Claim, measure: string): string {
  if (place.fraction === 1) return ", all images";
  if (contrast.some(({ fraction }) => fraction === 1)) {
    return ", a fifth of images and steps against all";
  }
  return column === "test_accuracy" ? "" : ` (${measure})`;
}
