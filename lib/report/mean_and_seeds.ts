import type { MethodStyle } from "./colours.ts";
import { errorBars } from "./error_bars.ts";
import type { Trace } from "./figure.ts";
import { hoverText } from "./plotly_text.ts";
import { seedPoints } from "./seed_points.ts";

/** What one method reached over its seeds, in the unit of the axis: accuracies in percent. */
export interface MethodAccuracy {
  readonly method: string;
  /** NaN of no seed: nothing is drawn. */
  readonly mean: number;
  /** null for a single seed, which then has no error bar */
  readonly std: number | null;
  /** One a seed. */
  readonly values: readonly number[];
}

/** Where the points of the seeds lie to the right of their mean, in shares of the room. */
const SEEDS = { from: 0.12, to: 0.42, step: 0.06 };

/**
 * One method's means with their bars, and beside each a point for each seed.
 *
 * @param rows all of one method, each at its place; `where` is said behind the method's name
 * @param room between this and the next method, in units of the axis
 */
export function meanAndSeeds(
  rows: readonly (MethodAccuracy & { readonly x: number; readonly where?: string })[],
  { colour, symbol }: MethodStyle,
  room: number,
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
        `${places[row]}${std === null ? "" : ` (± ${std.toFixed(2)})`}`
      ),
      hovertemplate: "%{customdata}: %{y:.2f}<extra></extra>",
    },
    {
      ...seedPoints(method, { colour }, {
        x: seeds.map(({ x }) => x),
        y: seeds.map(({ y }) => y),
        hovertemplate: "%{customdata}, one seed: %{y:.2f}<extra></extra>",
      }),
      customdata: seeds.map(({ row }) => places[row]),
    },
  ];
}
