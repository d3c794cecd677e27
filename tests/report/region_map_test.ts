import { assertEquals, assertThrows } from "@std/assert";
import { decode } from "fast-png";
import { bundleOf } from "../../lib/report/display.ts";
import { regionMaps } from "../../lib/report/region_map.ts";
import { UserError } from "../../lib/user_error.ts";
import { regionsOf } from "./regions_of.ts";

const GRID = { side: 3 };
const EDGE = "34,34,34";
const RED = "178,68,60";

Deno.test("regionMaps() shows classes, the teacher's boundary and where a student disagrees", async () => {
  const teacher = regionsOf((x, y) => [y, x + 0.5], GRID);
  const student = regionsOf((_, y) => [y, 0.5], GRID);
  const maps = regionMaps(teacher, [{ name: "bss, epoch 1", regions: student }], 1);
  const { "text/html": html, "text/plain": text } = await bundleOf(maps);
  const [, base64] = /base64,([^"]*)"/.exec(String(html))!;
  const { data } = decode(Uint8Array.fromBase64(base64));
  const pixels = Array.from({ length: 9 }, (_, at) => data.subarray(3 * at, 3 * at + 3).join());
  // By teacher: 0 0 1 / 0 1 1 / 1 1 1 with rows from the top; by student: 0 0 0 / 1 1 1 / 1 1 1.
  const [zero, one] = ["253,246,230", "211,231,244"];
  assertEquals(pixels, [zero, EDGE, RED, EDGE, EDGE, one, EDGE, one, one]);
  assertEquals(text, "[image 1: bss, epoch 1, 77.8 % as the teacher]");
});

Deno.test("regionMaps() refuses a student on another grid", () => {
  const teacher = regionsOf((x) => [0, x], GRID);
  for (const side of [2, 5]) {
    const student = { name: "bss", regions: regionsOf((x) => [0, x], { side }) };
    assertThrows(() => regionMaps(teacher, [student], 1), UserError, "different grids");
  }
});
