import { mean, sampleStd } from "../analysis/statistics/interval.ts";
import { type MethodStyle, methodStyle } from "./colours.ts";
import { errorBars, seedPoints } from "./mean_and_seeds.ts";
import { type Figure, hoverText, type Trace } from "./figure.ts";
import { type Axis, figureLayout } from "./figure_layout.ts";
import { numberText } from "./minus_signs.ts";
import { UserError } from "../user_error.ts";

/** The results of one method's seeds at one place of the x axis. */
export interface AccuracyPoint {
  readonly method: string;
  readonly x: number;
  /** One for each seed, in the unit of the y axis. Values that are not finite are left out. */
  readonly values: readonly number[];
}

/** Titles name the quantity and its unit. */
export interface AccuracyOverOptions {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle?: string;
  /** True for a logarithmic x axis; every x must then be above 0. */
  readonly logX?: boolean;
}

/**
 * Distance between methods that share a place: at most this share of the axis, and small enough
 * that all of them fit into this share of the way to the next place.
 */
const APART = { most: 0.008, ofWay: 0.4 };

/** The most places that each get a tick. */
const MANY_TICKS = 8;

/**
 * Draws accuracy over a quantity, such as the share of the training data or the time. Each method
 * has a line through its means, bars of ± one standard deviation, and a point for each seed.
 *
 * @throws UserError for an x that is not finite, or not above 0 on a logarithmic axis
 */
export function accuracyOver(
  points: readonly AccuracyPoint[],
  { title, xTitle, yTitle = "Test accuracy (%)", logX = false }: AccuracyOverOptions,
): Figure {
  const wrong = points.find(({ x }) => !Number.isFinite(x) || logX && x <= 0);
  if (wrong) {
    throw new UserError(
      `x of "${wrong.method}" must be finite${logX ? " and above 0" : ""}, not ${wrong.x}`,
    );
  }
  const methods = [...new Set(points.map(({ method }) => method))];
  const places = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const isShared = methods.length > 1 &&
    places.every((x) => points.filter((point) => point.x === x).length === methods.length);
  const aside = isShared ? moveAside(places, methods.length, logX) : (x: number) => x;
  return {
    data: methods.flatMap((method, index) =>
      tracesOf(
        points.filter((point) => point.method === method).toSorted((a, b) => a.x - b.x),
        (x) => aside(x, index - (methods.length - 1) / 2),
        methodStyle(method),
      )
    ),
    layout: figureLayout(title, {
      title: { text: xTitle },
      ...(logX ? { type: "log" } : {}),
      ...ticks(isShared && places.length <= MANY_TICKS ? places : logX ? logTicks(places) : null),
    }, { title: { text: yTitle } }),
  };
}

/** Returns a function that moves a place to the right by steps of equal length on the drawn axis. */
function moveAside(places: readonly number[], methods: number, logX: boolean) {
  const [toAxis, fromAxis] = logX ? [Math.log, Math.exp] : [Number, Number];
  const drawn = places.map(toAxis);
  const ways = drawn.slice(1).map((place, index) => place - drawn[index]);
  const step = ways.length === 0 ? 0 : Math.min(
    APART.most * (drawn.at(-1)! - drawn[0]),
    APART.ofWay * Math.min(...ways) / methods,
  );
  return (x: number, steps: number) => fromAxis(toAxis(x) + step * steps);
}

function ticks(places: readonly number[] | null): Pick<Axis, "tickvals" | "ticktext"> {
  if (places === null) return {};
  return { tickvals: places, ticktext: places.map((x) => String(Number(x.toPrecision(3)))) };
}

/**
 * Ticks at 1, 2 and 5 times powers of ten within the range of the places. If there are fewer than
 * two, the ticks are the first and the last place. Plotly's own ticks would lack the zeros and be
 * small.
 */
function logTicks(places: readonly number[]): readonly number[] {
  const [low, high] = [places[0] / 1.2, places.at(-1)! * 1.2];
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    found.push(...[1, 2, 5].map((digit) => digit * 10 ** power));
  }
  const shown = found.filter((tick) => tick >= low && tick <= high);
  return shown.length < 2 ? [...new Set([...places.slice(0, 1), ...places.slice(-1)])] : shown;
}

function tracesOf(
  points: readonly AccuracyPoint[],
  aside: (x: number) => number,
  style: MethodStyle,
): Trace[] {
  const [{ method }] = points;
  const { colour, dash, symbol } = style;
  const finite = points.map(({ values }) => values.filter(Number.isFinite));
  const name = hoverText(method);
  const seeds = points.flatMap(({ x }, index) =>
    finite[index].map((y) => ({ x: aside(x), y, at: x }))
  );
  return [
    {
      type: "scatter",
      mode: "lines+markers",
      name: method,
      legendgroup: method,
      x: points.map(({ x }) => aside(x)),
      y: finite.map((values) => values.length === 0 ? null : mean(values)),
      ...errorBars("error_y", {
        array: finite.map((values) => values.length < 2 ? null : sampleStd(values)),
        color: colour,
        thickness: 1.5,
        width: 4,
      }),
      line: { color: colour, width: 2, dash },
      marker: { color: colour, size: 9, symbol },
      customdata: points.map(({ x }) => x),
      text: finite.map((values) => values.length === 0 ? "" : numberText(mean(values))),
      hovertemplate: `${name} at %{customdata:.3~g}: %{text}<extra></extra>`,
    },
    {
      ...seedPoints(method, style, {
        x: seeds.map(({ x }) => x),
        y: seeds.map(({ y }) => y),
        text: seeds.map(({ y }) => numberText(y)),
        hovertemplate: `${name} at %{customdata:.3~g}, one seed: %{text}<extra></extra>`,
      }),
      customdata: seeds.map(({ at }) => at),
    },
  ];
}
