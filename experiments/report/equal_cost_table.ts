import { equalCost } from "../table/equal_cost.ts";
import { measureNamed } from "../table/measures.ts";
import type { TableRow } from "../table/table_row.ts";
import type { Displayable } from "../../lib/report/display.ts";
import { displayTable } from "../../lib/report/display_table.ts";

/** What a method has on another that had as much to spend, for each cost. */
export function equalCostTable(
  rows: readonly TableRow[],
  method: string,
  other: string,
  costs: readonly string[],
): Displayable {
  return displayTable({
    title: `${method} over ${other} at equal cost`,
    columns: [
      { key: "cost", title: "equal in" },
      { key: "epochs", title: `epochs of ${method}`, align: "right" },
      { key: "spent", title: "which cost", align: "right" },
      { key: "seeds", title: "seeds", align: "right" },
      { key: "difference", title: "difference, paired", unit: "points", align: "right" },
      { key: "interval", title: "95 % interval", align: "right" },
    ],
    rows: costs.flatMap((name) => {
      const { title, unit, digits } = measureNamed(name);
      return equalCost(rows, method, other, name).map(({ epochs, cost, difference }) => ({
        ...{ cost: title, epochs, spent: `${cost.toFixed(digits)} ${unit}`, seeds: difference.n },
        difference: difference.n === 0
          ? null
          : `${difference.mean >= 0 ? "+" : ""}${difference.mean.toFixed(2)}`,
        interval: difference.interval &&
          `[${difference.interval.map((end) => end.toFixed(2)).join(", ")}]`,
      }));
    }),
    note: `What ${other} reaches at the same cost is interpolated over the logarithm of its own ` +
      `costs, seed by seed; none where it did not spend as much.`,
  });
}
