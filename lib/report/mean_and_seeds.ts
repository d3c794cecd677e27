import type { MethodStyle } from "./colours.ts";
import { type ErrorBars, hoverText, type Trace } from "./figure.ts";
import { numberText } from "./minus_signs.ts";

/** The accuracy of one method over its seeds, in the unit of the axis (percent). */
export interface MethodAccuracy {
  readonly method: string;
  /** NaN without seeds; then nothing is drawn. */
  readonly mean: number;
  /** Standard deviation; `null` for a single seed, which has no error bar. */
  readonly std: number | null;
  /** One for each seed. */
  readonly values: readonly number[];
}

/** Positions of the seeds' points to the right of their mean, in shares of the room. */
const SEEDS = { from: 0.12, to: 0.42, step: 0.06 };

/**
 * Draws one method's means with error bars, and a point for each seed beside them.
 *
 * @param rows rows of one method; the hover text gives `where` after the method's name
 * @param room distance to the next method, in units of the axis
 * @param digits decimals in the hover text
 */
export function meanAndSeeds(
  rows: readonly (MethodAccuracy & { readonly x: number; readonly where?: string })[],
  { colour, symbol }: MethodStyle,
  room: number,
  digits = 2,
): Trace[] {
  const [{ method }] = rows;
  const places = rows.map(({ where }) =>
    hoverText(where === undefined ? method : `${method}, ${where}`)
  );
  const seeds = rows.flatMap(({ x, values }, row) => {
    const step = Math.min(SEEDS.step, (SEEDS.to - SEEDS.from) / values.length);
    return values.map((y, seed) => ({ x: x + room * (SEEDS.from + seed * step), y, row }));
  });
  return [
    {
      type: "scatter",
      mode: "markers",
      name: method,
      legendgroup: method,
      x: rows.map(({ x }) => x),
      y: rows.map(({ mean }) => Number.isNaN(mean) ? null : mean),
      ...errorBars("error_y", {
        array: rows.map(({ std }) => std),
        color: colour,
        thickness: 2,
        width: room < 0.5 ? 4 : 8,
      }),
      marker: { color: colour, size: room < 0.5 ? 9 : 12, symbol },
      customdata: rows.map(({ std }, row) =>
        `${places[row]}${std === null ? "" : ` (± ${std.toFixed(digits)})`}`
      ),
      text: rows.map(({ mean }) => numberText(mean, digits)),
      hovertemplate: "%{customdata}: %{text}<extra></extra>",
    },
    {
      ...seedPoints(method, { colour }, {
        x: seeds.map(({ x }) => x),
        y: seeds.map(({ y }) => y),
        text: seeds.map(({ y }) => numberText(y, digits)),
        hovertemplate: "%{customdata}, one seed: %{text}<extra></extra>",
      }),
      customdata: seeds.map(({ row }) => places[row]),
    },
  ];
}

/** Draws the points of single seeds, smaller and fainter than the mean. */
export function seedPoints(
  method: string,
  { colour }: Pick<MethodStyle, "colour">,
  points: Pick<Trace, "x" | "y" | "text" | "hovertemplate">,
): Trace {
  return {
    type: "scatter",
    mode: "markers",
    name: `${method}, each seed`,
    legendgroup: method,
    showlegend: false,
    marker: { color: colour, size: 6, symbol: "circle", opacity: 0.6 },
    ...points,
  };
}

/** Makes the part of a trace that draws error bars; empty if no point has one. */
export function errorBars(
  axis: "error_x" | "error_y",
  bars: Omit<ErrorBars, "type">,
): Pick<Trace, "error_x" | "error_y"> {
  return bars.array.every((length) => length === null) ? {} : { [axis]: { type: "data", ...bars } };
}
