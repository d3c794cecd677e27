import { measureNamed } from "../table/measures.ts";
import type { TableRow } from "../table/table_row.ts";
import type { Displayable } from "../../report/display.ts";
import { displayTable } from "../../report/display_table.ts";
import { formatInterval } from "../../report/format_interval.ts";
import { signedText } from "../../report/minus_signs.ts";
import { valueOf } from "../table/summary.ts";
import { placeText } from "../table/summary_table.ts";
import { mean } from "../../analysis/statistics/interval.ts";
import {
  type PairedDifference,
  pairedDifference,
} from "../../analysis/statistics/paired_difference.ts";

/** Makes a table of a method's gain over another at equal cost, for each cost. */
export function equalCostTable(
  rows: readonly TableRow[],
  method: string,
  other: string,
  costs: readonly string[],
): Displayable {
  const isOnePlace = new Set(rows.map(placeText)).size < 2;
  return displayTable({
    title: `${method} over ${other} at equal cost`,
    columns: [
      { key: "cost", title: "equal in" },
      { key: "epochs", title: `epochs of ${method}`, align: "right" },
      { key: "spent", title: "their cost", align: "right" },
      { key: "seeds", title: "seeds", align: "right" },
      { key: "difference", title: "difference, paired", unit: "points", align: "right" },
      { key: "interval", title: "95 % interval", align: "right" },
    ],
    rows: costs.flatMap((name) => {
      const { title, unit, digits } = measureNamed(name);
      return equalCost(rows, method, other, name).map(({ epochs, place, cost, difference }) => ({
        cost: isOnePlace ? title : `${title}, ${place}`,
        epochs,
        spent: `${cost.toFixed(digits)} ${unit}`,
        seeds: difference.n,
        difference: difference.n === 0 ? null : signedText(difference.mean),
        interval: difference.interval && formatInterval(difference.interval, 2, [0]),
      }));
    }),
    note: `The accuracy of ${other} at the same cost is interpolated over the logarithm of its ` +
      `costs, seed by seed. There is no value outside the range of its costs.`,
  });
}

/** The gain of a method over another at equal cost. */
interface EqualCost {
  /** The method's number of epochs */
  readonly epochs: number;
  /** Student and share of the images */
  readonly place: string;
  /** Their cost, mean over seeds, in the cost's unit */
  readonly cost: number;
  /** Over the seeds whose cost is within those of the other method */
  readonly difference: PairedDifference;
}

/**
 * Compares two methods at equal cost, for each number of epochs of the first. Interpolates the
 * second's test accuracy at the first's cost, seed by seed, over the logarithm of the second's costs.
 *
 * @param cost "seconds", "teacher_images"
 */
export function equalCost(
  rows: readonly TableRow[],
  method: string,
  other: string,
  cost: string,
): EqualCost[] {
  const pointsOf = (of: string) =>
    rows.filter((row) => row.method === of).flatMap((row) => {
      const [spent, reached] = [cost, "test_accuracy"].map((name) => valueOf(row, name));
      return spent && reached !== null
        ? [{ epochs: row.epochs, place: placeText(row), seed: row.seed, spent, reached }]
        : [];
    });
  const others = Map.groupBy(pointsOf(other), ({ place, seed }) => `${place} ${seed}`);
  const groups = Map.groupBy(pointsOf(method), ({ place, epochs }) => `${place} ${epochs}`);
  return [...groups.values()].map((points) => {
    const [{ epochs, place }] = points;
    const pairs = points.flatMap(({ seed, spent, reached }) => {
      const theirs = interpolated(others.get(`${place} ${seed}`) ?? [], spent);
      return theirs === null ? [] : [[reached, theirs]];
    });
    return {
      epochs,
      place,
      cost: mean(points.map(({ spent }) => spent)),
      difference: pairedDifference(pairs.map(([ours]) => ours), pairs.map(([, theirs]) => theirs)),
    };
  });
}

/** Interpolates the accuracy at a cost; null outside the points. */
function interpolated(
  points: readonly { readonly spent: number; readonly reached: number }[],
  spent: number,
): number | null {
  const sorted = points.toSorted((a, b) => a.spent - b.spent);
  const above = sorted.findIndex((point) => point.spent >= spent);
  if (above < 0) return null;
  if (sorted[above].spent === spent) return sorted[above].reached;
  if (above === 0) return null;
  const [low, high] = [sorted[above - 1], sorted[above]];
  const share = Math.log(spent / low.spent) / Math.log(high.spent / low.spent);
  return low.reached + share * (high.reached - low.reached);
}
