import { methodStyle } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";
import { meanAndSeeds, type MethodAccuracy } from "./mean_and_seeds.ts";

/** Share of one student's room that its methods fill. */
const FILLED = 0.84;

/** Position of a mean in its method's room. The points of the seeds are to its right. */
const MEAN_AT = 0.35;

/**
 * Draws the methods side by side for each student: mean ± one standard deviation (std), and a point
 * for each seed.
 */
export function accuracyByStudent(
  rows: readonly (MethodAccuracy & { readonly student: string })[],
): Figure {
  const students = [...new Set(rows.map(({ student }) => student))];
  const methods = [...new Set(rows.map(({ method }) => method))];
  const room = FILLED / methods.length;
  const placed = rows.map((row) => ({
    ...row,
    x: students.indexOf(row.student) + (methods.indexOf(row.method) + MEAN_AT) * room - FILLED / 2,
    where: row.student,
  }));
  return {
    data: methods.flatMap((method) =>
      meanAndSeeds(placed.filter((row) => row.method === method), methodStyle(method), room)
    ),
    layout: figureLayout("Mean ± standard deviation, and each seed", {
      title: { text: "Student" },
      tickvals: students.map((_, index) => index),
      ticktext: students,
      range: [-0.5, students.length - 0.5],
      showgrid: false,
    }, { title: { text: "Test accuracy (%)" } }),
  };
}

/**
 * Draws each method's mean with a bar from mean − std to mean + std (std: standard deviation). A
 * point for each seed is to its right, because the mean of a few seeds says little alone.
 *
 * @param digits decimals of the numbers that show on hovering, as in the measure's table
 */
export function accuracyWithErrorBars(
  rows: readonly MethodAccuracy[],
  title = "Mean ± standard deviation, and each seed",
  yTitle = "Test accuracy (%)",
  digits = 2,
): Figure {
  return {
    data: rows.flatMap((row, index) =>
      meanAndSeeds([{ ...row, x: index }], methodStyle(row.method), 1, digits)
    ),
    layout: {
      ...figureLayout(title, {
        title: { text: "" },
        tickvals: rows.map((_, index) => index),
        ticktext: rows.map(({ method }) => method),
        ticklabeloverflow: "allow",
        range: [-0.5, rows.length - 0.5],
      }, { title: { text: yTitle } }),
      showlegend: false,
    },
  };
}
