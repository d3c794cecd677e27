import { type ClassRegions, classRegions, regionAgreement } from "../../analysis/class_regions.ts";
import type { PointSet } from "../../data/point_set.ts";
import { boundaryLines } from "../../report/zero_lines.ts";
import { NETWORKS } from "../names.ts";
import { draw, find, make } from "./dom.ts";
import type { EmbeddedPlane } from "./embedded.ts";

/** The picture shows coordinates from −LIMIT to LIMIT. */
export const LIMIT = 2.5;

type Point = ArrayLike<number>;

/** Finds the classes of each network in the plane, in the order of `NETWORKS`. */
export async function regionsOf({ networks }: EmbeddedPlane): Promise<ClassRegions[]> {
  const regions: ClassRegions[] = [];
  for (const network of networks) regions.push(await classRegions(network, { limit: LIMIT }));
  return regions;
}

/** Draws the teacher's classes, the boundaries of all networks, and the points of the students. */
export function drawPlane(
  picture: SVGElement,
  legend: HTMLElement,
  points: PointSet,
  regions: readonly ClassRegions[],
): void {
  const lines = regions.map((of, network) =>
    boundaryLines(of).map((line) =>
      draw("polyline", { class: `line ${NETWORKS[network]}`, points: line.join(" ") })
    )
  );
  find(picture, ".ground").replaceChildren(
    ...ground(regions[0]),
    ...lines.flat(),
    ...pointMarks(points),
  );
  legend.replaceChildren(...NETWORKS.map((name, network) => {
    const share = (100 * regionAgreement(regions[0], regions[network])).toFixed(1);
    const text = network === 0 ? name : `${name}, agrees with the teacher on ${share}\u00a0%`;
    return make("li", { class: name }, text);
  }));
}

/** Fills each class of a network: one path of stripes, a stripe for each run of grid points. */
function ground({ axis, top, classes }: ClassRegions): Node[] {
  const side = axis.length;
  const size = axis[1] - axis[0];
  const stripes: string[][] = Array.from({ length: classes }, () => []);
  for (let row = 0; row < side; row++) {
    for (let from = 0, to = 0; from < side; from = to) {
      const label = top[row * side + from];
      while (to < side && top[row * side + to] === label) to++;
      const [x, y, width] = [axis[from] - size / 2, axis[row] - size / 2, (to - from) * size];
      stripes[label].push(`M${x} ${y}h${width}v${size}h${-width}z`);
    }
  }
  return stripes.map((of, label) => draw("path", { class: `ground${label}`, d: of.join("") }));
}

/** Shapes of one unit around (0, 0), one for each class. */
const SHAPES = [
  "M-.5 0a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0",
  "M-.45-.45h.9v.9h-.9z",
  "M-.55-.45h1.1l-.55 1z",
];

function pointMarks({ points, labels }: PointSet): Node[] {
  return Array.from(labels, (label, index) => {
    const place = `translate(${points[2 * index]} ${points[2 * index + 1]}) scale(0.11)`;
    return draw("path", { class: `point point${label}`, d: SHAPES[label], transform: place });
  });
}

/** Draws the walk of a point, with a cross at its present step. */
export function drawWalk(picture: SVGElement, samples: readonly Point[], step: number): void {
  const places = samples.map((sample) => [sample[0], sample[1]]);
  const [x, y] = places[step];
  find(picture, ".walk").replaceChildren(
    draw("polyline", { points: places.join(" ") }),
    ...places.map(([cx, cy]) => draw("circle", { cx, cy, r: 0.025 })),
    draw("path", { d: `M${x - 0.08} ${y - 0.08}l.16 .16m-.16 0l.16-.16` }),
  );
}

/** Moves the handle to the point that is attacked. */
export function placeHandle(picture: SVGElement, [x, y]: readonly [number, number]): void {
  find<SVGElement>(picture, ".handle").setAttribute("transform", `translate(${x} ${y})`);
  picture.setAttribute(
    "aria-label",
    `The point at ${x.toFixed(1)}, ${y.toFixed(1)}; arrow keys move it`,
  );
}
