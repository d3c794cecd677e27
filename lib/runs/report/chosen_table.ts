import type { PlannedRun } from "../planned_run.ts";
import { optionRules } from "../../distillation/method.ts";
import { methodNamed } from "../../distillation/methods.ts";
import { measureNamed } from "../table/measures.ts";
import { meanStdOf } from "../../analysis/statistics/interval.ts";
import { valueOf } from "../table/summary.ts";
import { meanStdText, placeText } from "../table/summary_table.ts";
import type { TableRow } from "../table/table_row.ts";
import { displayTable } from "../../report/display_table.ts";
import type { Displayable } from "../../report/display.ts";

/** The measure that options are chosen by. */
const MEASURE = "validation_accuracy";

/**
 * Makes a table of the options that vary among the runs of a method: the value with the highest
 * mean validation accuracy, beside the default, which wins a tie.
 *
 * @param rows of finished runs, all of them in the plan
 */
export function chosenTable(
  plan: readonly PlannedRun[],
  rows: readonly TableRow[],
): Displayable {
  const { title, unit, digits } = measureNamed(MEASURE);
  const specifications = new Map(plan.map(({ name, specification }) => [name, specification]));
  const runs = rows.map((row) => ({
    ...specifications.get(row.run)!,
    accuracy: valueOf(row, MEASURE)!,
  }));
  const groups = [
    ...Map.groupBy(
      runs,
      ({ method, student, dataset: { fraction } }) =>
        `${method} ${placeText({ student, fraction })}`,
    ).values(),
  ];
  const isOnePlace = groups.length === new Set(runs.map(({ method }) => method)).size;
  return displayTable({
    title: `Chosen by ${title}`,
    columns: [
      { key: "option", title: "option" },
      { key: "default", title: "default", align: "right" },
      { key: "reached", title: `${title}, default`, unit, align: "right" },
      { key: "chosen", title: "chosen", align: "right" },
      { key: "best", title: `${title}, chosen`, unit, align: "right" },
    ],
    rows: groups.flatMap((runs) => {
      const [{ method, student, dataset: { fraction } }] = runs;
      const place = isOnePlace ? "" : `, ${placeText({ student, fraction })}`;
      return Object.entries(optionRules(methodNamed(method))).flatMap(([option, rule]) => {
        const published = rule.default;
        // Specifications leave the default of a tacit option out.
        const reached = Map.groupBy(runs, ({ options }) => options[option] ?? published);
        if (reached.size < 2) return [];
        const values = [...reached].map(([value, runs]) => ({
          value,
          ...meanStdOf(runs.map(({ accuracy }) => accuracy))!,
        }));
        const own = values.find(({ value }) => value === published);
        const chosen = values.reduce(
          (best, one) => one.mean > best.mean ? one : best,
          own ?? values[0],
        );
        return [{
          option: `${method}.${option}${place}`,
          default: String(published),
          reached: own ? meanStdText(own, digits) : null,
          chosen: String(chosen.value),
          best: meanStdText(chosen, digits),
        }];
      });
    }),
    note: "mean ± standard deviation over seeds, on training images that were held out from the " +
      "students; the test images have no part in it",
  });
}
