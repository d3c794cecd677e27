import { type Notebook, PLOTLY_MIME, shownAs } from "../../lib/notebook/notebook.ts";
import type { AnyTrace, Figure } from "../../lib/report/figure.ts";

/** A figure without its numbers. */
export interface FigureStructure {
  readonly title: string;
  readonly axes: readonly [x: string, y: string];
  readonly traces: readonly string[];
}

/** The figures in a notebook's outputs. */
export function figuresOf(notebook: Notebook): Figure<AnyTrace>[] {
  return shownAs(notebook, PLOTLY_MIME) as Figure<AnyTrace>[];
}

export function structureOf({ data, layout }: Figure<AnyTrace>): FigureStructure {
  return {
    title: layout.title.text,
    axes: [layout.xaxis.title.text, layout.yaxis.title.text],
    traces: data.map((trace) =>
      trace.type === "heatmap"
        ? `heatmap of ${trace.y.length}×${trace.x.length}`
        : `${trace.name}: ${trace.mode}, ${trace.x.length} points`
    ),
  };
}

/** The number of a figure's visible marks of each kind. */
export interface Marks {
  readonly points: number;
  /** Traces with a line. */
  readonly lines: number;
  readonly heatmaps: number;
  /** Traces with error bars. */
  readonly errorBars: number;
}

/** Counts the marks that a figure's data require. */
export function marksOf({ data }: Figure<AnyTrace>): Marks {
  const scatters = data.filter((trace) => trace.type === "scatter");
  const of = (part: string) => scatters.filter(({ mode }) => mode.includes(part));
  const isPoint = (value: number | null) => value !== null;
  return {
    points: of("markers").reduce((sum, { y }) => sum + y.filter(isPoint).length, 0),
    lines: of("lines").length,
    heatmaps: data.length - scatters.length,
    errorBars: scatters.filter(({ error_x, error_y }) => error_x ?? error_y).length,
  };
}
