import { escapeHtml } from "../report/escape_html.ts";
import { tickSpacing } from "../report/tick_spacing.ts";
import type { Evidence, NotebookVerdict } from "../report/with_verdicts.ts";

/** A verdict with numbers, and the address of the page that decides it. */
export interface LeaderboardLine extends NotebookVerdict {
  readonly evidence: Evidence;
  readonly href: string;
}

/** The values that an axis shows, from left to right. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/**
 * Draws the difference of each claim with its adjusted interval, and the paper's value where it is
 * known. Claims in the same unit share an axis. Each line is text beside an SVG whose width follows
 * the page's, so that labels break into lines on a phone; colours are the style sheet's.
 *
 * @param lines claims with data
 */
export function forestPlot(lines: readonly LeaderboardLine[], title: string): string {
  if (lines.length === 0) return "";
  const panels = Map.groupBy(lines, ({ evidence }) => evidence.unit);
  return `<figure class="forest"><figcaption>${escapeHtml(title)}: difference with its adjusted ` +
    `interval. A dot is filled once the claim has its verdict; an arrow leads to an end outside the ` +
    `axis; a cross is the paper's value.</figcaption>` +
    [...panels].map(([unit, lines]) =>
      panelHtml(lines, unit || "cosine, ratio, or divergence in nats")
    ).join("") +
    "</figure>";
}

function panelHtml(lines: readonly LeaderboardLine[], unit: string): string {
  const axis = axisOf(lines);
  const rows = lines.map((line) => {
    const { claim, verdict, evidence: { place }, href } = line;
    return `<li><span><a href="${escapeHtml(href)}">${escapeHtml(claim)}</a> ` +
      `<small>${escapeHtml(`${place} · ${verdict}`)}</small></span>${stripSvg(line, axis)}</li>`;
  });
  const places = axis.ticks.map((tick) =>
    `<text x="${at(tick, axis)}" y="14" text-anchor="middle">${tickText(tick)}</text>`
  );
  return `<ul>${rows.join("")}<li class="axis"><span>${escapeHtml(unit)}</span>` +
    `<svg aria-hidden="true" height="20">${places.join("")}</svg></li></ul>`;
}

/** Draws a claim's mark, interval, and the paper's value over the grid. */
function stripSvg({ evidence }: LeaderboardLine, axis: Axis): string {
  const { difference, interval, paper, isDecided, shown } = evidence;
  const said = `${shown.difference}${shown.interval ? `, interval ${shown.interval}` : ""}` +
    (paper === null ? "" : `; the paper has ${tickText(Number(paper.toFixed(3)))}`);
  const grid = axis.ticks.map((tick) =>
    `<line class="${tick === 0 ? "zero" : "grid"}" x1="${at(tick, axis)}" x2="${at(tick, axis)}" ` +
    `y1="0" y2="100%"/>`
  );
  const shape = (value: number, path: string, name: string) =>
    `<svg x="${at(value, axis)}" y="50%" overflow="visible">` +
    `<path class="${name}" d="${path}"/></svg>`;
  const ends = (interval ?? []).map((end, side) => {
    const within = Math.min(axis.high, Math.max(axis.low, end));
    const [reach, direction] = [6, side === 0 ? 1 : -1];
    const path = within === end
      ? `M0-${reach}V${reach}`
      : `M${direction * reach}-${reach}L0 0L${direction * reach} ${reach}`;
    return { within, mark: shape(within, path, "interval") };
  });
  const line = ends.length === 0 ? "" : `<line class="interval" x1="${at(ends[0].within, axis)}" ` +
    `x2="${at(ends[1].within, axis)}" y1="50%" y2="50%"/>`;
  const mark = `<circle class="${isDecided ? "decided" : "open"}" r="5" cy="50%" ` +
    `cx="${at(difference!, axis)}"/>`;
  const theirs = paper === null ? "" : shape(paper, "M-5-5L5 5M-5 5L5-5", "papers");
  return `<svg role="img" aria-label="${escapeHtml(said)}" height="34">${grid.join("")}${line}` +
    `${ends.map(({ mark }) => mark).join("")}${mark}${theirs}</svg>`;
}

/**
 * Chooses an axis that holds zero, all differences, the paper's values and the intervals of decided
 * claims. The interval of a few seeds may be many times as wide, and ends in an arrow.
 */
function axisOf(lines: readonly LeaderboardLine[]): Axis {
  const values = lines.flatMap(({ evidence: { difference, paper, interval, isDecided } }) => [
    difference!,
    paper ?? 0,
    ...(isDecided ? interval ?? [] : []),
  ]);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const step = tickSpacing(most - least || 1, 4);
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  // Half a step more, so that the outer labels stay within the drawing.
  return { low: (first - 0.4) * step, high: (last + 0.4) * step, ticks };
}

/** Gives a value's place on the axis: "50.00%". */
function at(value: number, { low, high }: Axis): string {
  return `${(100 * (value - low) / (high - low)).toFixed(2)}%`;
}

function tickText(value: number): string {
  const text = String(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : text.replace("-", "−");
}
