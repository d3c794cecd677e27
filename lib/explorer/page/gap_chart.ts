import { numberText } from "../../report/minus_signs.ts";
import { tickSpacing } from "../../report/tick_spacing.ts";
import { draw } from "./dom.ts";
import { NETWORKS } from "../names.ts";

const HEIGHT = 220;
const MARGIN = { left: 44, right: 12, top: 12, bottom: 40 };

/**
 * Draws each network's gap along the teacher's walk. The gap is zero on a network's boundary.
 *
 * @param gaps of each step, one for each network, in logits
 * @param current the step to mark
 * @param width in pixels, so that texts have the size of the page's
 */
export function gapChart(
  gaps: readonly (readonly number[])[],
  current: number,
  width: number,
): SVGElement {
  const last = Math.max(gaps.length - 1, 1);
  const low = Math.min(0, ...gaps.flat());
  const high = Math.max(0, ...gaps.flat());
  const room = { x: width - MARGIN.left - MARGIN.right, y: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (step: number) => MARGIN.left + room.x * step / last;
  const y = (gap: number) => MARGIN.top + room.y * (high - gap) / (high - low || 1);
  const [left, right, foot] = [x(0), x(last), HEIGHT - MARGIN.bottom];
  const spacing = tickSpacing(last, room.x / 40);
  const chart = draw("svg", {
    role: "img",
    "aria-label": describe(gaps),
    width,
    height: HEIGHT,
    viewBox: `0 0 ${width} ${HEIGHT}`,
  });
  const gapSpacing = tickSpacing(high - low, 5);
  const digits = Math.max(0, -Math.floor(Math.log10(gapSpacing)));
  for (const gap of ticks(low, high, gapSpacing)) {
    chart.append(
      draw("line", {
        class: gap === 0 ? "zero" : "grid",
        x1: left,
        x2: right,
        y1: y(gap),
        y2: y(gap),
      }),
      draw("text", { x: left - 6, y: y(gap) + 4, "text-anchor": "end" }, numberText(gap, digits)),
    );
  }
  for (const step of ticks(0, last, Math.max(1, spacing))) {
    chart.append(
      draw("text", { x: x(step), y: foot + 18, "text-anchor": "middle" }, String(step)),
    );
  }
  chart.append(
    draw("line", {
      class: "current",
      x1: x(current),
      x2: x(current),
      y1: MARGIN.top,
      y2: foot,
    }),
    draw(
      "text",
      { x: (left + right) / 2, y: HEIGHT - 6, "text-anchor": "middle" },
      "step (0: before the attack)",
    ),
  );
  NETWORKS.forEach((name, network) => {
    const points = gaps.map((of, step) => [x(step), y(of[network])]);
    chart.append(
      draw("polyline", { class: `line ${name}`, points: points.join(" ") }),
      ...points.map(([cx, cy]) => draw("circle", { class: `dot ${name}`, cx, cy, r: 3.5 })),
    );
  });
  return chart;
}

/** Tells the numbers of the chart to a reader who cannot see it. */
function describe(gaps: readonly (readonly number[])[]): string {
  const of = NETWORKS.map((name, network) =>
    `${name} ${gaps.map((step) => numberText(step[network], 1)).join(", ")}`
  );
  return `The gap after each step: ${of.join("; ")}`;
}

function ticks(low: number, high: number, spacing: number): number[] {
  const [first, last] = [Math.ceil(low / spacing), Math.floor(high / spacing)];
  return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * spacing);
}
