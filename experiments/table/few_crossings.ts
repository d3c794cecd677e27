import type { ResultTable } from "./result_table.ts";

/**
 * Warns of runs whose attack seldom crosses, and so teaches nothing of the boundary: with the options in
 * force and what to change. Of attacks other than BSS there is no such advice.
 */
export function fewCrossings({ rows, results }: Pick<ResultTable, "rows" | "results">): string[] {
  return rows.flatMap(({ run, figures }, index) => {
    const { attack, eta, step, maxSteps } = results[index].specification.options;
    const share = figures.share_not_crossed ?? 0;
    if (share <= 0.5 || attack !== undefined) return [];
    return [
      `${
        (100 * share).toFixed(0)
      } % of the attacked samples of ${run} never crossed the boundary, ` +
      `with eta=${eta}, step=${step} and maxSteps=${maxSteps}; ${adviceFor(step, Number(eta))}`,
    ];
  });
}

function adviceFor(step: unknown, eta: number): string {
  if (step !== "newton") return "try a larger eta, or step=newton with eta=1";
  return eta < 1
    ? "try eta=1, with which step=newton goes to the boundary; smaller steps stop short of it"
    : "try a larger maxSteps or eta";
}
