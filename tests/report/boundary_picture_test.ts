import { assert, assertEquals, assertThrows } from "@std/assert";
import { boundaryPicture } from "../../lib/report/boundary_picture.ts";
import { methodStyle } from "../../lib/report/colours.ts";
import type { AnyTrace, HeatmapTrace, Trace } from "../../lib/report/figure.ts";
import { UserError } from "../../lib/user_error.ts";
import { regionsOf } from "./regions_of.ts";

const POINTS = {
  name: "three",
  points: new Float32Array([-1, 0, 1, 0, 1, 1]),
  labels: new Int32Array([0, 1, 1]),
  classes: 2,
};

const GRID = { limit: 2.5 };
const right = regionsOf((x) => [0, x], GRID);
const shifted = regionsOf((x) => [0, x - 1], GRID);
const scatters = (data: readonly AnyTrace[]) =>
  data.filter((trace): trace is Trace => trace.type === "scatter");

Deno.test("boundaryPicture() draws the teacher's classes under everything else", () => {
  const { data, layout } = boundaryPicture({ teacher: right, points: POINTS }, "moons");
  const ground = data[0] as HeatmapTrace;
  assertEquals(ground.type, "heatmap");
  assertEquals(ground.z, Array(11).fill([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]));
  // Each class has one colour.
  assertEquals(ground.colorscale.map(([position]) => position), [0, 0.5, 0.5, 1]);
  assertEquals([ground.zmin, ground.zmax], [-0.5, 1.5]);
  assertEquals(scatters(data).map(({ name }) => name), ["teacher", "class 0", "class 1"]);
  assertEquals(layout.title.text, "moons");
});

Deno.test("boundaryPicture() has the same scale on both axes, and names them", () => {
  const { layout } = boundaryPicture({ teacher: right, points: POINTS }, "");
  const { xaxis, yaxis } = layout;
  assertEquals([xaxis.range, yaxis.range], [[-2.5, 2.5], [-2.5, 2.5]]);
  assertEquals([xaxis.title.text, yaxis.title.text, yaxis.scaleanchor], ["x", "y", "x"]);
});

Deno.test("boundaryPicture() draws each student in its method's style", () => {
  const students = { original: shifted, bss: right };
  const { data } = boundaryPicture({ teacher: right, students, points: POINTS }, "");
  const [teacher, original, bss] = scatters(data);
  assertEquals([original, bss].map(({ line }) => [line!.color, line!.dash]), [
    [methodStyle("original").colour, methodStyle("original").dash],
    [methodStyle("bss").colour, methodStyle("bss").dash],
  ]);
  assertEquals(original.name, "original, agrees on 81.8 %");
  assertEquals(bss.name, "bss, agrees on 100.0 %");
  assertEquals([bss.x, bss.y], [teacher.x, teacher.y]);
  // A student's line must not hide the teacher's, nor be hidden by it.
  assert(teacher.line!.width > 2 * bss.line!.width);
  assert(original.y.slice(0, -1).every((y) => y !== null) && original.y.at(-1) === null);
  assert(original.x.slice(0, -1).every((x) => Math.abs(x - 1) < 1e-6));
});

Deno.test("boundaryPicture() shows classes by colour and by symbol", () => {
  const { data } = boundaryPicture({ teacher: right, points: POINTS }, "");
  const [zero, one] = scatters(data).filter(({ name }) => name.startsWith("class"));
  assertEquals([zero.x, zero.y, one.x, one.y], [[-1], [0], [1, 1], [0, 1]]);
  assert(zero.marker!.color !== one.marker!.color);
  assert(zero.marker!.symbol !== one.marker!.symbol);
});

Deno.test("boundaryPicture() joins each base sample with its attacked sample", () => {
  const attacked = { base: [-1, 0, 1, 1], samples: [0, 0.5, -0.25, 1] };
  const { data } = boundaryPicture({ teacher: right, points: POINTS, attacked }, "");
  const [ways, marks] = scatters(data).slice(-2);
  assertEquals(ways.x, [-1, 0, 0, 1, -0.25, 0]);
  assertEquals(ways.y, [0, 0.5, null, 1, 1, null]);
  assertEquals(ways.showlegend, false);
  assertEquals([marks.x, marks.y], [[0, -0.25], [0.5, 1]]);
});

Deno.test("boundaryPicture() marks samples by their outcome", () => {
  const outcomes = ["third class", "crossed to target", "third class"] as const;
  const attacked = { base: [-1, 0, 1, 1, 0, 0], samples: [0, 0.5, -0.25, 1, 1, 2], outcomes };
  const { data } = boundaryPicture({ teacher: right, points: POINTS, attacked }, "");
  const marks = scatters(data).slice(-2);
  assertEquals(marks.map(({ name, x, y }) => ({ name, x, y })), [
    { name: "sample that ended in a third class", x: [0, 1], y: [0.5, 2] },
    { name: "boundary supporting sample", x: [-0.25], y: [1] },
  ]);
  assert(marks[0].marker!.symbol !== marks[1].marker!.symbol);
});

Deno.test("boundaryPicture() draws where base and target class are equal to the teacher", () => {
  const teacher = regionsOf((x) => [0, x, 9], GRID);
  const { data } = boundaryPicture({ teacher, points: POINTS, gap: [0, 1] }, "");
  const gap = scatters(data).find(({ name }) => name === "gap of class 0 to class 1 is 0")!;
  assert(gap.x.slice(0, -1).every((x) => Math.abs(x) < 1e-6));
  assertEquals(gap.line?.dash, "dot");
});

Deno.test("boundaryPicture() refuses a student on another grid", () => {
  const students = { bss: regionsOf((x) => [0, x], { side: 5 }) };
  assertThrows(
    () => boundaryPicture({ teacher: right, students, points: POINTS }, ""),
    UserError,
    "different grids",
  );
});
