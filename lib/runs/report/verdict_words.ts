import type { Claim } from "../claim.ts";
import { measureNamed } from "../table/measures.ts";
import { seedsNeeded, type Verdict } from "../table/verdicts.ts";
import { shareText } from "../table/summary_table.ts";
import { SIGNIFICANCE } from "../../analysis/statistics/decide_family.ts";
import { counted } from "../../report/duration.ts";
import { formatInterval } from "../../report/format_interval.ts";
import { signedText } from "../../report/minus_signs.ts";

/** A verdict in words. */
export interface VerdictLine {
  readonly claim: string;
  readonly measure: string;
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
      measure: measureNamed(claim.measure).title,
      source: claim.isPapers ? "the paper" : "us",
      place: placeOf(claim),
      family: isHere ? `${claim.family.name}, ${counted(claim.family.size, "claim")}` : null,
      seeds: isHere ? seedsText(verdict) : null,
      difference: differenceText(verdict),
      interval: intervalText(verdict),
      p: adjustedP === null ? null : pText(adjustedP),
      verdict: verdictText(verdict),
    };
  });
}

function differenceText({ claim, difference: { n, mean } }: Verdict): string | null {
  const { digits } = measureNamed(claim.measure);
  return n === 0 ? null : signedText(mean, digits) + unitOf(claim);
}

/** Formats a p-value, with more digits where rounding would hide that it is below the rule's limit. */
function pText(p: number): string {
  if (p < 0.001) return "<0.001";
  const digits =
    [3, 4, 5].find((digits) => (Number(p.toFixed(digits)) < SIGNIFICANCE) === (p < SIGNIFICANCE)) ??
      6;
  return p.toFixed(digits);
}

function intervalText({ claim: { measure, margin }, interval }: Verdict): string | null {
  if (interval === null) return null;
  const limits = margin === null ? [0] : [-margin, 0, margin];
  return formatInterval(interval, measureNamed(measure).digits, limits);
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
      return `see ${claim.experiment}`;
    default:
      return kind;
  }
}

function seedsText({ claim, difference }: Verdict): string {
  return `${difference.n} of ${seedsNeeded(claim)}`;
}

/** Names the unit of a claim's differences, with a space in front: " points". */
export function unitOf({ measure }: Claim): string {
  const { unit } = measureNamed(measure);
  return unit === "%" ? " points" : unit === undefined ? "" : ` ${unit}`;
}

/** The parts of a claim's place; null where there is nothing to say. */
const PLACE: readonly ((claim: Claim) => string | null)[] = [
  ({ place }) => place.dataset,
  ({ place }) => place.student,
  sharesText,
  ({ place }) => `${place.epochs} epochs`,
  ({ place }) => place.setting ?? null,
];

/** Names a claim's place, but for the data set: "resnet8, 20 % of the images, 80 epochs". */
export function claimPlaceText(claim: Claim): string {
  return PLACE.slice(1).flatMap((part) => part(claim) ?? []).join(", ");
}

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
