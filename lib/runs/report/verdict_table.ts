import type { Experiment } from "../experiment.ts";
import { measureNamed } from "../table/measures.ts";
import { type Verdict, verdicts } from "../table/verdicts.ts";
import type { TableRow } from "../table/table_row.ts";
import { shareText } from "../table/summary_table.ts";
import { withVerdicts } from "../../report/with_verdicts.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable } from "../../report/display_table.ts";

const RULE = "holds or the opposite: at least three seeds, and p below 0.05 in the paired t-test " +
  "over seeds, adjusted for all lines of this table (Holm); else not settled";

const WORDS: Readonly<Record<Verdict["kind"], readonly [papers: string, ours: string]>> = {
  "holds": ["holds here", "yes, here"],
  "opposite": ["the opposite here", "no: the other way round here"],
  "not settled": ["not settled", "not settled"],
  "too few seeds": ["too few seeds for a verdict", "too few seeds for a verdict"],
  "not measured": ["not measured yet", "not measured yet"],
};

/** Makes a table of the verdicts on an experiment's claims, by the rule of {@linkcode verdicts}. */
export function verdictTable(experiment: Experiment, rows: readonly TableRow[]): Displayable {
  const found = verdicts(experiment, rows);
  const placeOf = places(found);
  const lines = found.map((verdict) => {
    const { claim, difference: { n, mean, interval } } = verdict;
    const { unit, digits } = measureNamed(claim.measure ?? experiment.measures[0]);
    const points = unit === "%" ? "points" : unit;
    const sign = mean >= 0 ? "+" : "";
    return {
      claim: claim.statement,
      source: claim.isPapers ? "the paper" : "a question of ours",
      place: placeOf(verdict),
      seeds: n,
      difference: n === 0 ? null : `${sign}${mean.toFixed(digits)}${points ? ` ${points}` : ""}`,
      interval: interval && `[${interval.map((end) => end.toFixed(digits)).join(", ")}]`,
      p: verdict.adjustedP === null ? null : verdict.adjustedP.toFixed(3),
      verdict: WORDS[verdict.kind][claim.isPapers ? 0 : 1],
    };
  });
  const table = displayTable({
    title: "Verdicts",
    columns: [
      { key: "claim", title: "claim" },
      { key: "source", title: "of" },
      ...(lines.some(({ place }) => place !== "") ? [{ key: "place", title: "where" }] : []),
      { key: "seeds", title: "seeds", align: "right" },
      { key: "difference", title: "difference, paired", align: "right" },
      { key: "interval", title: "95 % interval", align: "right" },
      { key: "p", title: "p, adjusted", align: "right" },
      { key: "verdict", title: "verdict" },
    ],
    rows: lines,
    note: RULE,
  });
  return withVerdicts(
    table,
    lines.map(({ claim, place, verdict }) => ({
      claim: place === "" ? claim : `${claim} (${place})`,
      verdict,
    })),
  );
}

/** Names a verdict's place by the fields that differ among all verdicts. */
function places(found: readonly Verdict[]): (verdict: Verdict) => string {
  const parts: ((row: TableRow) => string)[] = [
    ({ dataset }) => dataset,
    ({ student }) => student,
    ({ fraction }) => `${shareText(fraction)} % of the images`,
    ({ epochs }) => `${epochs} epochs`,
    ({ setting }) => setting ?? "the experiment's protocol",
  ];
  const rows = found.flatMap(({ place }) => place ?? []);
  const telling = parts.filter((part) => new Set(rows.map(part)).size > 1);
  return ({ place, claim }) => {
    if (!place) return "";
    const isTrend = claim.contrast.some(({ fraction }) => fraction !== undefined);
    const shown = isTrend ? telling.filter((part) => part !== parts[2]) : telling;
    return shown.map((part) => part(place)).join(", ");
  };
}
