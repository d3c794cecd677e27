import { comparedSides } from "../results/compared_sides.ts";
import { comparedCurves, comparisonTables } from "../results/comparison.ts";
import { show } from "../../report/display.ts";
import { figureDisplay } from "../../report/figure_display.ts";
import { learningCurves } from "../../report/learning_curves.ts";

/**
 * Shows two runs beside each other: their learning curves as a figure, and the tables of
 * `deno task results compare`.
 *
 * @param folder path of a results folder
 * @param a name of a run, or the beginning of its name; see {@linkcode comparedSides}
 * @throws UserError for a name that fits no run or runs of several specifications
 */
export async function compareRuns(folder: string, a: string, b: string): Promise<void> {
  const sides = await comparedSides(folder, [a, b]);
  await show(figureDisplay(learningCurves(comparedCurves(sides))));
  for (const table of comparisonTables(sides)) await show(table);
}
