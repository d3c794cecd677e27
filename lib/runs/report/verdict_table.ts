import type { Claim } from "../claim.ts";
import type { Experiment } from "../experiment.ts";
import { type Verdict, verdicts } from "../table/verdicts.ts";
import type { TableRow } from "../table/table_row.ts";
import { tellingColumns } from "../table/telling_columns.ts";
import { claimPlaceText, unitOf, type VerdictLine, verdictLines } from "./verdict_words.ts";
import { type Evidence, withVerdicts } from "../../report/with_verdicts.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable } from "../../report/display_table.ts";
import { withMinusSigns } from "../../report/minus_signs.ts";

const RULE =
  "A claim gets its verdict once all planned seeds are there. It holds if its interval is " +
  "above 0, and the opposite holds if it is below. There is no difference in accuracy if the interval " +
  "contains 0 and lies within ±0.5 points. Otherwise the claim is not settled. More in " +
  "experiments/README.md, Verdicts";

/** Makes a table of the verdicts on an experiment's claims, by the rule of {@linkcode verdicts}. */
export function verdictTable(experiment: Experiment, rows: readonly TableRow[]): Displayable {
  const found = verdicts(experiment, rows);
  const lines = verdictLines(found);
  const table = {
    columns: [
      { key: "claim", title: "claim" },
      { key: "measure", title: "measure" },
      { key: "verdict", title: "verdict" },
      ...(lines.some(({ place }) => place !== "") ? [{ key: "place", title: "where" }] : []),
      { key: "difference", title: "difference, paired", align: "right" as const },
      { key: "interval", title: "interval, adjusted", align: "right" as const },
      { key: "seeds", title: "seeds", align: "right" as const },
      { key: "p", title: "p, adjusted", align: "right" as const },
      { key: "family", title: "family" },
      { key: "source", title: "asked by" },
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
  const { columns, constants } = tellingColumns(table, ["measure", "family", "source"]);
  const title = ["Verdicts", ...constants].join(", ");
  return withVerdicts(
    displayTable({ title, columns, rows: table.rows, note: RULE }),
    // The index shows a claim with the experiment that decides it.
    lines.flatMap((line, index) =>
      found[index].kind === "elsewhere" ? [] : [{
        claim: line.claim,
        verdict: line.verdict,
        evidence: evidenceOf(experiment, found[index], line),
      }]
    ),
  );
}

function evidenceOf(
  experiment: Experiment,
  { claim, difference: { n, mean }, interval, adjustedP }: Verdict,
  line: VerdictLine,
): Evidence {
  const { dataset, scale } = claim.place;
  return {
    dataset,
    scale,
    place: claimPlaceText(claim),
    // In the list of claims, the families of the paper's main claims are named "primary …".
    isMain: claim.family.name.startsWith("primary"),
    seeds: line.seeds!,
    difference: n === 0 ? null : mean,
    interval,
    paper: paperDifference(experiment, claim),
    unit: unitOf(claim).trim(),
    shown: {
      difference: line.difference && withMinusSigns(line.difference),
      interval: line.interval && withMinusSigns(line.interval),
    },
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
