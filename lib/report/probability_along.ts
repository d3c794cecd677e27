import { mean } from "../analysis/statistics/interval.ts";
import { methodStyle, TEACHER_LINE } from "./colours.ts";
import { type Figure, hoverText } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** The input of {@linkcode probabilityAlong}. */
export interface ProbabilityAlong {
  /** Places on the lines: 0 is the image, 1 the sample. */
  readonly places: readonly number[];
  /** By network ("teacher", or a method): for each place the probabilities of the lines, 0…1. */
  readonly probabilities: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** Draws how the probability of the images' class falls on the way to their samples and beyond. */
export function probabilityAlong(
  { places, probabilities }: ProbabilityAlong,
  title: string,
): Figure {
  return {
    data: Object.entries(probabilities).map(([name, values]) => {
      const { colour: color, dash } = methodStyle(name);
      return {
        type: "scatter",
        mode: "lines",
        name,
        x: places,
        y: values.map((ofLines) => Number((100 * mean(ofLines)).toFixed(2))),
        line: name === "teacher" ? TEACHER_LINE : { color, width: 2.5, dash },
        hovertemplate: `${hoverText(name)}: %{y:.1f} %<extra></extra>`,
      };
    }),
    layout: figureLayout(title, {
      title: { text: "Place on the line, in lengths of the perturbation" },
      tickvals: [0, 1, 2],
      ticktext: ["0: image", "1: supporting sample", "2: as far again"],
      ticklabeloverflow: "allow",
    }, { title: { text: "Probability of the class (%)" }, range: [0, 102] }),
  };
}
