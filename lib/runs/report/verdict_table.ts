import type { Claim, Experiment } from "../experiment.ts";
import { measureNamed } from "../table/measures.ts";
import { seedsNeeded, type Verdict, verdicts } from "../table/verdicts.ts";
import type { TableRow } from "../table/table_row.ts";
import { shareText } from "../table/summary_table.ts";
import { tellingColumns } from "../table/telling_columns.ts";
import type { Interval } from "../../analysis/statistics/interval.ts";
import { type Evidence, withVerdicts } from "../../report/with_verdicts.ts";
import type { Displayable } from "../../report/display.ts";
import { counted } from "../../report/duration.ts";
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
    const { claim, adjustedP } = verdict;
    const isHere = verdict.kind !== "elsewhere";
    return {
      claim: claim.statement,
      source: claim.isPapers ? "the paper" : "a question of ours",
      place: placeOf(claim),
      family: isHere ? `${claim.family.name}, ${counted(claim.family.size, "claim")}` : null,
      seeds: isHere ? seedsText(verdict) : null,
      difference: differenceText(verdict),
      interval: intervalText(verdict),
      p: adjustedP === null ? null : adjustedP.toFixed(3),
      verdict: verdictText(verdict),
    };
  });
}

/** Makes a table of the verdicts on an experiment's claims, by the rule of {@linkcode verdicts}. */
export function verdictTable(experiment: Experiment, rows: readonly TableRow[]): Displayable {
  const found = verdicts(experiment, rows);
  const lines = verdictLines(found);
  const table = {
    columns: [
      { key: "claim", title: "claim" },
      { key: "verdict", title: "verdict" },
      ...(lines.some(({ place }) => place !== "") ? [{ key: "place", title: "where" }] : []),
      { key: "difference", title: "difference, paired", align: "right" as const },
      { key: "interval", title: "interval, adjusted", align: "right" as const },
      { key: "seeds", title: "seeds", align: "right" as const },
      { key: "p", title: "p, adjusted", align: "right" as const },
      { key: "family", title: "family" },
      { key: "source", title: "of" },
    ],
    rows: lines.map((line, index) => ({
      ...line,
      // A break within an interval would be hard to read.
      interval: line.interval && line.interval.replace(" ", "\u00a0"),
      verdict: found[index].kind === "elsewhere"
        ? { text: line.verdict, href: `${found[index].claim.experiment}.ipynb` }
        : line.verdict,
    })),
  };
  const { columns, constants } = tellingColumns(table, ["family", "source"]);
  const title = ["Verdicts", ...constants].join(", ");
  return withVerdicts(
    displayTable({ title, columns, rows: table.rows, note: RULE }),
    // The index shows a claim with the experiment that decides it.
    found.filter(({ kind }) => kind !== "elsewhere").map((verdict) => ({
      claim: verdict.claim.statement,
      verdict: verdictText(verdict),
      evidence: evidenceOf(experiment, verdict),
    })),
  );
}

function evidenceOf(experiment: Experiment, verdict: Verdict): Evidence {
  const { claim, difference: { n, mean }, interval, adjustedP } = verdict;
  const { dataset, scale } = claim.place;
  return {
    dataset,
    scale,
    place: PLACE.slice(1).flatMap((part) => part(claim) ?? []).join(", "),
    // The list of claims calls the families of the paper's main claims so.
    isMain: claim.family.name.startsWith("primary"),
    seeds: seedsText(verdict),
    difference: n === 0 ? null : mean,
    interval,
    paper: paperDifference(experiment, claim),
    unit: unitOf(claim).trim(),
    shown: { difference: differenceText(verdict), interval: intervalText(verdict) },
    isDecided: adjustedP !== null,
  };
}

/** Gives the paper's difference for a claim about the paper's own runs; null if it isn't known. */
function paperDifference({ paper, measures: [first], scales }: Experiment, claim: Claim) {
  const { contrast, measure, place: { scale, dataset, student, fraction, setting } } = claim;
  const isPapers = scale === "paper" && fraction === 1 && !setting && measure === first &&
    scales.paper.some((grid) => grid.dataset === dataset);
  const figures = contrast.map(({ method, fraction = 1 }) =>
    isPapers && fraction === 1 ? paper?.[student]?.[method] : undefined
  );
  return figures.some((figure) => figure === undefined)
    ? null
    : figures.reduce<number>((sum, figure, term) => sum + contrast[term].sign * figure!, 0);
}

function differenceText({ claim, difference: { n, mean } }: Verdict): string | null {
  const { digits } = measureNamed(claim.measure);
  return n === 0 ? null : `${mean >= 0 ? "+" : ""}${mean.toFixed(digits)}${unitOf(claim)}`;
}

function intervalText({ claim: { measure, margin }, interval }: Verdict): string | null {
  if (interval === null) return null;
  const limits = margin === null ? [0] : [-margin, 0, margin];
  return formatInterval(interval, measureNamed(measure).digits, limits);
}

/**
 * Formats an interval. An end has more digits where rounding would move it to the other side of a
 * limit or onto it: the verdict beside it would seem wrong.
 */
export function formatInterval(
  interval: Interval,
  digits: number,
  limits: readonly number[],
): string {
  const sides = (value: number) => limits.map((limit) => Math.sign(value - limit)).join();
  const endText = (end: number, more = 0): string => {
    const text = end.toFixed(digits + more);
    return more === 6 || sides(Number(text)) === sides(end) ? text : endText(end, more + 1);
  };
  return `[${interval.map((end) => endText(end)).join(", ")}]`;
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

/** What a claim's place is made of; null where there is nothing to say. */
const PLACE: readonly ((claim: Claim) => string | null)[] = [
  ({ place }) => place.dataset,
  ({ place }) => place.student,
  sharesText,
  ({ place }) => `${place.epochs} epochs`,
  ({ place }) => place.setting ?? null,
];

/** Names a claim's place by the fields that differ among all claims. */
function places(claims: readonly Claim[]): (claim: Claim) => string {
  const telling = PLACE.filter((part) => new Set(claims.map(part)).size > 1);
  return (claim) => telling.map((part) => part(claim) ?? "the experiment's protocol").join(", ");
}

/** Names the shares of the training images: "20 % of the images", "20 against 100 % …". */
function sharesText({ place, contrast }: Claim): string {
  const shares = new Set(contrast.map(({ fraction = place.fraction }) => shareText(fraction)));
  return `${[...shares].join(" against ")} % of the images`;
}
