import type { Claim, Experiment } from "../experiment.ts";
import { measureNamed } from "../table/measures.ts";
import { seedsNeeded, type Verdict, verdicts } from "../table/verdicts.ts";
import type { TableRow } from "../table/table_row.ts";
import { shareText } from "../table/summary_table.ts";
import { withVerdicts } from "../../report/with_verdicts.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable } from "../../report/display_table.ts";

const RULE =
  "The list of claims fixes seeds and families before the first run. With all planned seeds: " +
  "holds or the opposite if the interval excludes 0 (paired t-test over seeds, Holm's adjustment for " +
  "the planned family, p below 0.05); no difference if the interval lies within the margin; else not " +
  "settled. What is not settled has the family's Bonferroni interval";

/** A verdict in words. */
interface VerdictLine {
  readonly claim: string;
  readonly source: string;
  readonly place: string;
  readonly family: string | null;
  readonly seeds: string | null;
  readonly difference: string | null;
  /** The adjusted interval */
  readonly interval: string | null;
  readonly p: string | null;
  readonly verdict: string;
}

/** Puts verdicts into words. */
export function verdictLines(found: readonly Verdict[]): VerdictLine[] {
  const placeOf = places(found.map(({ claim }) => claim));
  return found.map((verdict) => {
    const { claim, difference: { n, mean }, interval, adjustedP } = verdict;
    const { digits } = measureNamed(claim.measure);
    const isHere = verdict.kind !== "elsewhere";
    return {
      claim: claim.statement,
      source: claim.isPapers ? "the paper" : "a question of ours",
      place: placeOf(claim),
      family: isHere ? `${claim.family.name}: ${claim.family.size}` : null,
      seeds: isHere ? seedsText(verdict) : null,
      difference: n === 0 ? null : `${mean >= 0 ? "+" : ""}${mean.toFixed(digits)}${unitOf(claim)}`,
      interval: interval && `[${interval.map((end) => end.toFixed(digits)).join(", ")}]`,
      p: adjustedP === null ? null : adjustedP.toFixed(3),
      verdict: verdictText(verdict),
    };
  });
}

/** Makes a table of the verdicts on an experiment's claims, by the rule of {@linkcode verdicts}. */
export function verdictTable(experiment: Experiment, rows: readonly TableRow[]): Displayable {
  const found = verdicts(experiment, rows);
  const lines = verdictLines(found);
  const isHere = (_line: unknown, index: number) => found[index].kind !== "elsewhere";
  const table = displayTable({
    title: "Verdicts",
    columns: [
      { key: "claim", title: "claim" },
      { key: "source", title: "of" },
      ...(lines.some(({ place }) => place !== "") ? [{ key: "place", title: "where" }] : []),
      { key: "family", title: "family: size" },
      { key: "seeds", title: "seeds", align: "right" },
      { key: "difference", title: "difference, paired", align: "right" },
      { key: "interval", title: "interval, adjusted", align: "right" },
      { key: "p", title: "p, adjusted", align: "right" },
      { key: "verdict", title: "verdict" },
    ],
    rows: lines.map(({ verdict, ...line }, index) => ({
      ...line,
      verdict: isHere(line, index)
        ? verdict
        : { text: verdict, href: `${found[index].claim.experiment}.ipynb` },
    })),
    note: RULE,
  });
  return withVerdicts(
    table,
    // Each claim stands once in the index: with the experiment that decides it.
    lines.filter(isHere).map(({ claim, place, verdict }) => ({
      claim: place === "" ? claim : `${claim} (${place})`,
      verdict,
    })),
  );
}

/** Words a verdict. One on other images than the paper's names its scale. */
function verdictText(verdict: Verdict): string {
  const { claim } = verdict;
  const isDecided = verdict.adjustedP !== null;
  const scale = isDecided && claim.place.scale !== "paper" ? ` (${claim.place.scale})` : "";
  return wordsOf(verdict) + scale;
}

function wordsOf(verdict: Verdict): string {
  const { claim, kind, mixed } = verdict;
  switch (kind) {
    case "opposite":
      return "the opposite";
    case "no difference":
      return `no difference beyond ${claim.margin}${unitOf(claim)}`;
    case "mixed conditions":
      return `no verdict: pairs differ in ${mixed.join(", ")}`;
    case "too few seeds":
      return `${seedsText(verdict)} seeds`;
    case "elsewhere":
      return `decided in ${claim.experiment}`;
    default:
      return kind;
  }
}

function seedsText({ claim, difference }: Verdict): string {
  return `${difference.n} of ${seedsNeeded(claim)}`;
}

function unitOf({ measure }: Claim): string {
  const { unit } = measureNamed(measure);
  return unit === "%" ? " points" : unit === undefined ? "" : ` ${unit}`;
}

/** Names a claim's place by the fields that differ among all claims. */
function places(claims: readonly Claim[]): (claim: Claim) => string {
  const parts: ((claim: Claim) => string)[] = [
    ({ place }) => place.dataset,
    ({ place }) => place.student,
    sharesText,
    ({ place }) => `${place.epochs} epochs`,
    ({ place }) => place.setting ?? "the experiment's protocol",
  ];
  const telling = parts.filter((part) => new Set(claims.map(part)).size > 1);
  return (claim) => telling.map((part) => part(claim)).join(", ");
}

/** Names the shares of the training images: "20 % of the images", "20 against 100 % …". */
function sharesText({ place, contrast }: Claim): string {
  const shares = new Set(contrast.map(({ fraction = place.fraction }) => shareText(fraction)));
  return `${[...shares].join(" against ")} % of the images`;
}
