import { assert, assertEquals } from "@std/assert";
import { boundaryLines, gapLines, joinSegments, zeroLines } from "../../lib/report/zero_lines.ts";
import { regionsOf } from "./regions_of.ts";

Deno.test("boundaryLines() finds the boundary of a linear classifier", () => {
  const [line, ...more] = boundaryLines(regionsOf((x, y) => [x + 2 * y - 0.3, 0.2 - y]));
  assertEquals(more, []);
  assert(line.every(([x, y]) => Math.abs(x + 3 * y - 0.5) < 1e-5), "a point off the line");
  assertEquals([line[0][0], line.at(-1)![0]].map(Math.round).sort(), [-2, 2]);
});

Deno.test("boundaryLines() closes the line around an island", () => {
  const island = regionsOf((x, y) => [0, x * x + y * y - 1], { side: 101 });
  const [line, ...more] = boundaryLines(island);
  assertEquals(more, []);
  assertEquals(line[0], line.at(-1));
  assert(line.every(([x, y]) => Math.abs(Math.hypot(x, y) - 1) < 1e-3), "a point off the circle");
  assert(line.length > 100);
});

Deno.test("boundaryLines() ends where three classes meet", () => {
  const angles = [0, 1, 2].map((k) => 2 * Math.PI * k / 3);
  const regions = regionsOf(
    (x, y) => angles.map((angle) => x * Math.cos(angle) + y * Math.sin(angle)),
    { side: 100 },
  );
  const lines = boundaryLines(regions);
  assertEquals(lines.length, 3);
  for (const line of lines) {
    const ends = [line[0], line.at(-1)!].map(([x, y]) => Math.hypot(x, y)).sort((a, b) => a - b);
    assert(ends[0] < 0.1 && ends[1] > 1.9, `a line from ${ends[0]} to ${ends[1]} of the centre`);
    // Halfway between the directions of two classes.
    const [x, y] = line[Math.floor(line.length / 2)];
    const turns = 3 * Math.atan2(y, x) / (2 * Math.PI);
    assert(Math.abs(Math.abs(turns % 1) - 0.5) < 0.01, `a line at ${turns} thirds`);
  }
});

Deno.test("boundaryLines() finds no line if a classifier always predicts one class", () => {
  assertEquals(boundaryLines(regionsOf(() => [1, 0])), []);
});

Deno.test("gapLines() goes on inside of the region of a third class", () => {
  const regions = regionsOf((x, y) => [x, -x, y]);
  const [line, ...more] = gapLines(regions, 0, 1);
  assertEquals(more, []);
  assert(line.every(([x]) => Math.abs(x) < 1e-6));
  assertEquals([line[0][1], line.at(-1)![1]].map(Math.round).sort(), [-2, 2]);
  // As a boundary, it ends where class 2 begins to lead.
  const lines = boundaryLines(regions);
  assert(lines.flat().filter(([x]) => Math.abs(x) < 1e-6).every(([, y]) => y <= 0.4 + 1e-6));
});

Deno.test("zeroLines() uses the sign of the mean if two lines cross a cell", () => {
  const linesOf = (values: number[]) => zeroLines(2, (point) => values[point], () => true);
  // Points: lower left, lower right, upper left, upper right.
  assertEquals(linesOf([3, -1, -1, 3]), [[[0.75, 0], [1, 0.25]], [[0.25, 1], [0, 0.75]]]);
  assertEquals(linesOf([1, -3, -3, 1]), [[[0, 0.25], [0.25, 0]], [[1, 0.75], [0.75, 1]]]);
});

Deno.test("joinSegments() joins segments in any order, open lines first", () => {
  const circle = [[10, 11], [12, 11], [12, 10]] as const;
  const open = [[3, 4], [2, 1], [3, 2]] as const;
  const [first, second, ...more] = joinSegments([...circle, ...open]);
  assertEquals(more, []);
  assert([[1, 2, 3, 4], [4, 3, 2, 1]].some((line) => String(line) === String(first)));
  assertEquals([second.length, second[0]], [4, second.at(-1)]);
  assertEquals(new Set(second), new Set([10, 11, 12]));
  assertEquals(joinSegments([]), []);
});
