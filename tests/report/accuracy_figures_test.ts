import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { accuracyByStudent, accuracyWithErrorBars } from "../../lib/report/accuracy_by_student.ts";
import { accuracyOver } from "../../lib/report/accuracy_over.ts";
import type { Trace } from "../../lib/report/figure.ts";
import { gainWithIntervals } from "../../lib/report/gain_intervals.ts";
import { UserError } from "../../lib/user_error.ts";

const AXES = { title: "Data", xTitle: "Share (%)" };
const POINTS = [20, 100].flatMap((x) => [
  { method: "hinton", x, values: [80, 82] },
  { method: "bss", x, values: [84] },
]);

const namesOf = (data: readonly Trace[]) => data.map(({ name }) => name);

Deno.test("accuracyWithErrorBars() draws each mean with its bar and each seed beside it", () => {
  const { data, layout } = accuracyWithErrorBars([
    { method: "hinton", mean: 86, std: 0.5, values: [85.5, 86.5] },
    { method: "bss", mean: 87, std: null, values: [87] },
  ]);
  assertEquals(data.map(({ name, x, y }) => ({ name, x, y })), [
    { name: "hinton", x: [0], y: [86] },
    { name: "hinton, each seed", x: [0.12, 0.18], y: [85.5, 86.5] },
    { name: "bss", x: [1], y: [87] },
    { name: "bss, each seed", x: [1.12], y: [87] },
  ]);
  assertEquals(data.map(({ error_y }) => error_y?.array), [[0.5], undefined, undefined, undefined]);
  assertEquals(layout.xaxis.ticktext, ["hinton", "bss"]);
  assertEquals(layout.yaxis.title.text, "Test accuracy (%)");
});

Deno.test("accuracyWithErrorBars() keeps many seeds clear of the next method", () => {
  const values = Array.from({ length: 50 }, (_, seed) => seed);
  const [, seeds] = accuracyWithErrorBars([{ method: "bss", mean: 1, std: 1, values }]).data;
  assert(seeds.x.every((x) => x < 0.45));
});

Deno.test("accuracyWithErrorBars() draws no point for a method without results", () => {
  const [mean, seeds] =
    accuracyWithErrorBars([{ method: "bss", mean: NaN, std: null, values: [] }]).data;
  assertEquals([mean.y, seeds.y], [[null], []]);
});

Deno.test("accuracyByStudent() draws one trace for each method over all students, and names each once", () => {
  const row = (student: string, method: string, mean: number) => ({
    student,
    method,
    mean,
    std: 0.5,
    values: [mean - 0.5, mean + 0.5],
  });
  const { data, layout } = accuracyByStudent([
    row("resnet8", "hinton", 86),
    row("resnet8", "bss", 87),
    row("resnet14", "bss", 89),
  ]);
  assertEquals(namesOf(data), ["hinton", "hinton, each seed", "bss", "bss, each seed"]);
  assertEquals(data.map(({ y }) => y), [[86], [85.5, 86.5], [87, 89], [86.5, 87.5, 88.5, 89.5]]);
  assertEquals(data.map(({ showlegend }) => showlegend), [undefined, false, undefined, false]);
  assertEquals(layout.xaxis.ticktext, ["resnet8", "resnet14"]);
  const [hinton, , bss] = data;
  assert(hinton.x[0] < bss.x[0]);
  assertAlmostEquals(bss.x[1] - bss.x[0], 1);
});

Deno.test("accuracyByStudent() keeps every point nearer to its own student's tick", () => {
  const methods = Array.from({ length: 10 }, (_, index) => `method ${index}`);
  const { data } = accuracyByStudent(methods.map((method) => ({
    student: "resnet8",
    method,
    mean: 1,
    std: 1,
    values: [1, 2, 3, 4, 5, 6, 7, 8],
  })));
  assert(data.flatMap(({ x }) => x).every((x) => Math.abs(x) < 0.5));
});

Deno.test("accuracyOver() draws means with bars, and a point for each seed", () => {
  const { data, layout } = accuracyOver(POINTS, AXES);
  assertEquals(namesOf(data), ["hinton", "hinton, each seed", "bss", "bss, each seed"]);
  const [hinton, seeds, bss] = data;
  assertEquals(hinton.y, [81, 81]);
  assertEquals(hinton.error_y?.array, [Math.SQRT2, Math.SQRT2]);
  assertEquals(seeds.y, [80, 82, 80, 82]);
  assertEquals([bss.y, bss.error_y], [[84, 84], undefined]);
  assertEquals([layout.xaxis.title.text, layout.yaxis.title.text], [
    "Share (%)",
    "Test accuracy (%)",
  ]);
});

Deno.test("accuracyOver() moves methods at the same place aside, and keeps their x in the hover text", () => {
  const [hinton, , bss] = accuracyOver(POINTS, AXES).data;
  assertEquals([hinton.customdata, bss.customdata], [[20, 100], [20, 100]]);
  [20, 100].forEach((x, index) => {
    assert(hinton.x[index] < x && x < bss.x[index]);
    assertAlmostEquals(hinton.x[index] + bss.x[index], 2 * x);
  });
});

Deno.test("accuracyOver() moves no point as far as the next place", () => {
  const methods = Array.from({ length: 10 }, (_, index) => `method ${index}`);
  const places = [1, 2, 100];
  const { data } = accuracyOver(
    places.flatMap((x) => methods.map((method) => ({ method, x, values: [1] }))),
    AXES,
  );
  for (const { x } of data) assert(Math.abs(x[0] - 1) < 0.5 && Math.abs(x[1] - 2) < 0.5);
});

Deno.test("accuracyOver() does not move methods at different places, and sorts them by x", () => {
  const { data } = accuracyOver([
    { method: "bss", x: 40, values: [2] },
    { method: "bss", x: 10, values: [1] },
    { method: "hinton", x: 11, values: [3] },
  ], AXES);
  assertEquals(data.map(({ x, y }) => [x, y]), [
    [[10, 40], [1, 2]],
    [[10, 40], [1, 2]],
    [[11], [3]],
    [[11], [3]],
  ]);
});

Deno.test("accuracyOver() has ticks at 1, 2 and 5 on a logarithmic axis, or at shared places", () => {
  const own = accuracyOver([
    { method: "bss", x: 30, values: [1] },
    { method: "hinton", x: 900, values: [1] },
  ], { ...AXES, logX: true }).layout.xaxis;
  assertEquals([own.type, own.tickvals], ["log", [50, 100, 200, 500, 1000]]);
  const shared = accuracyOver(POINTS, { ...AXES, logX: true }).layout.xaxis;
  assertEquals(shared.ticktext, ["20", "100"]);
});

Deno.test("accuracyOver() leaves a gap at a place without values", () => {
  const { data } = accuracyOver([
    { method: "bss", x: 1, values: [] },
    { method: "bss", x: 2, values: [NaN, 80] },
  ], AXES);
  assertEquals(data.map(({ y }) => y), [[null, 80], [80]]);
});

Deno.test("accuracyOver() has axes without points", () => {
  assertEquals(accuracyOver([], AXES).data, []);
});

Deno.test("accuracyOver() refuses an x that the axis cannot show", () => {
  const at = (x: number) => [{ method: "bss", x, values: [1] }];
  assertThrows(() => accuracyOver(at(NaN), AXES), UserError, 'x of "bss" must be finite, not NaN');
  assertThrows(
    () => accuracyOver(at(0), { ...AXES, logX: true }),
    UserError,
    'x of "bss" must be finite and above 0, not 0',
  );
});

Deno.test("gainWithIntervals() draws a row with an interval for each method, from the top", () => {
  const { data, layout } = gainWithIntervals([
    { method: "hinton", mean: 0.5, interval: [-0.25, 1.25] },
    { method: "bss", mean: 1, interval: null },
  ], { reference: "original" });
  assertEquals(data.map(({ name, x, y }) => ({ name, x, y })), [
    { name: "hinton", x: [0.5], y: [0] },
    { name: "bss", x: [1], y: [1] },
  ]);
  assertEquals([data[0].error_x?.array, data[0].error_x?.arrayminus], [[0.75], [0.75]]);
  assertEquals(data[1].error_x, undefined);
  assertEquals(layout.yaxis.ticktext, ["hinton", "bss"]);
  assert(layout.yaxis.range![0] > layout.yaxis.range![1]);
  assertEquals(layout.xaxis.title.text, "Gain over original (percentage points)");
  assertEquals([layout.xaxis.zeroline, layout.xaxis.rangemode], [true, "tozero"]);
});

Deno.test("gainWithIntervals() draws gains of the reference over the others if it is of interest", () => {
  const rows = [{ method: "noise", mean: -0.5, interval: [-1.25, 0.25] as const }];
  const { data: [{ name, x, error_x, hovertemplate }], layout } = gainWithIntervals(rows, {
    reference: "bss",
    ofReference: true,
  });
  assertEquals([name, x, error_x?.array, error_x?.arrayminus], ["noise", [0.5], [0.75], [0.75]]);
  assertEquals(hovertemplate, "noise: +0.50 [−0.25, 1.25]<extra></extra>");
  assertEquals(layout.title.text, "Gain of bss over each, with 95 % intervals");
  assertEquals(layout.xaxis.title.text, "Gain of bss over each (percentage points)");
});

Deno.test("figures have as many decimals on hovering as the measure's table", () => {
  const row = { method: "bss", mean: 0.5, std: 0.1234, values: [0.5] };
  const [{ customdata, text }] = accuracyWithErrorBars([row], "Angles", "AngSim", 3).data;
  assertEquals([customdata, text], [["bss (± 0.123)"], ["0.500"]]);
  const gain = { method: "bss", mean: 0.5, interval: [0.1, 0.9] as const };
  const options = { reference: "original", measure: "AngSim", digits: 3 };
  const { data: [{ hovertemplate }], layout: { xaxis } } = gainWithIntervals([gain], options);
  assertEquals(hovertemplate, "bss: +0.500 [0.100, 0.900]<extra></extra>");
  assertEquals(xaxis.title.text, "Gain over original (AngSim)");
});

Deno.test("gainWithIntervals() writes each student's name above its rows if there are several", () => {
  const row = (student: string, method: string) => ({
    student,
    method,
    mean: 1,
    interval: [0, 2] as const,
  });
  const rows = [row("resnet8", "hinton"), row("resnet8", "bss"), row("resnet14", "hinton")];
  const { layout, data } = gainWithIntervals(rows, { reference: "original" });
  assertEquals(layout.yaxis.ticktext, ["resnet8", "hinton", "bss", "resnet14", "hinton"]);
  const heights = layout.yaxis.tickvals!;
  assertEquals(heights.toSorted((a, b) => a - b), heights);
  assertEquals(data.map(({ y: [y] }) => y), [heights[1], heights[2], heights[4]]);
  assertEquals(data.map(({ name }) => name), [
    "resnet8, hinton",
    "resnet8, bss",
    "resnet14, hinton",
  ]);
  assertEquals(data[0].marker, data[2].marker);
  assertEquals(layout.height, Math.round(layout.height));
});

Deno.test("gainWithIntervals() draws nothing for a method without pairs", () => {
  const none = { method: "bss", mean: NaN, interval: null };
  assertEquals(gainWithIntervals([none], { reference: "original" }).data[0].y, [null]);
});

Deno.test("accuracyOver() has its own ticks on a logarithmic axis of any range", () => {
  const ticksOf = (...places: number[]) =>
    accuracyOver(places.map((x) => ({ method: "bss", x, values: [80] })), {
      title: "",
      xTitle: "Time (s)",
      logX: true,
    }).layout.xaxis.tickvals;
  assertEquals(ticksOf(7, 90), [10, 20, 50, 100]);
  assertEquals(ticksOf(6.5, 7), [6.5, 7]);
  assertEquals(ticksOf(7), [7]);
  assertEquals(ticksOf(), []);
});
