import type { Interval } from "../analysis/statistics/interval.ts";
import { methodStyle } from "./colours.ts";
import { errorBars } from "./mean_and_seeds.ts";
import { type Figure, hoverText } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";
import { formatInterval } from "./format_interval.ts";
import { signedText, withMinusSigns } from "./minus_signs.ts";

/** The gain of one method over the reference, paired by seed. */
export interface MethodGain {
  readonly method: string;
  readonly student?: string;
  /** NaN without pairs; then nothing is drawn. */
  readonly mean: number;
  /** 95 % interval; `null` for fewer than two pairs, which have no bar. */
  readonly interval: Interval | null;
}

export interface GainOptions {
  /** Name of the method that the others are compared with. */
  readonly reference: string;
  /**
   * True if the reference is the method of interest. Its own gains over the others are then drawn, so
   * that right of zero is good for it.
   */
  readonly ofReference?: boolean;
  readonly title?: string;
  /** The measure and its unit. */
  readonly measure?: string;
  /** Decimals in the hover text. */
  readonly digits?: number;
}

/** Heights in pixels: one row, and everything above and below the rows. */
const HEIGHT = { row: 34, rest: 150 };

/** The space that a student's name takes, in rows. */
const HEADING = 1.2;

/**
 * Draws gains over a reference with 95 % intervals. Each method and student has a row, in the given
 * order from the top. If there are several students, each one's name stands above its rows. Right of
 * zero is good for the method that the axis names: the row's, or the reference with `ofReference`. If a
 * bar crosses the line at zero, the data do not tell the two methods apart.
 */
export function gainWithIntervals(
  rows: readonly MethodGain[],
  {
    reference,
    ofReference = false,
    title,
    measure = "percentage points",
    digits = 2,
  }: GainOptions,
): Figure {
  const what = ofReference ? `Gain of ${reference} over each` : `Gain over ${reference}`;
  const severalStudents = new Set(rows.map(({ student }) => student)).size > 1;
  const names = rows.map(({ method, student }) =>
    severalStudents && student !== undefined ? `${student}, ${method}` : method
  );
  const ticks: { place: number; text: string }[] = [];
  let last = -1;
  const places = rows.map(({ method, student }, row) => {
    if (severalStudents && student !== undefined && student !== rows[row - 1]?.student) {
      last += HEADING;
      ticks.push({ place: last, text: student });
    }
    last += 1;
    ticks.push({ place: last, text: method });
    return last;
  });
  const layout = figureLayout(title ?? `${what}, with 95 % intervals`, {
    title: { text: `${what} (${measure})` },
    rangemode: "tozero",
    zeroline: true,
    zerolinecolor: "#333333",
    zerolinewidth: 2,
  }, {
    title: { text: "" },
    tickvals: ticks.map(({ place }) => place),
    ticktext: ticks.map(({ text }) => text),
    range: [last + 0.6, -0.6],
    showgrid: false,
  });
  return {
    data: rows.map(({ method, ...gain }, row) => {
      const { mean, interval } = ofReference ? reversed(gain) : gain;
      const { colour, symbol } = methodStyle(method);
      return {
        type: "scatter",
        mode: "markers",
        name: names[row],
        x: [mean],
        y: [Number.isNaN(mean) ? null : places[row]],
        ...errorBars("error_x", {
          symmetric: false,
          array: [interval && interval[1] - mean],
          arrayminus: [interval && mean - interval[0]],
          color: colour,
          thickness: 2,
          width: 6,
        }),
        marker: { color: colour, size: 11, symbol },
        hovertemplate: `${hoverText(names[row])}: ${withMinusSigns(signedText(mean, digits))}${
          interval ? ` ${withMinusSigns(formatInterval(interval, digits, [0]))}` : ""
        }<extra></extra>`,
      };
    }),
    layout: {
      ...layout,
      showlegend: false,
      height: Math.round(HEIGHT.rest + HEIGHT.row * (last + 1.2)),
    },
  };
}

/** Turns a gain of A over B into the gain of B over A. */
function reversed(
  { mean, interval }: Pick<MethodGain, "mean" | "interval">,
): Pick<MethodGain, "mean" | "interval"> {
  return { mean: -mean, interval: interval && [-interval[1], -interval[0]] };
}
