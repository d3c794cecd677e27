import { assertAlmostEquals, assertEquals } from "@std/assert";
import { equalCost } from "../../../lib/runs/report/equal_cost_table.ts";
import { tableRowOf } from "../table_row_of.ts";

const row = (method: string, seed: number, epochs: number, accuracy: number, seconds: number) => ({
  ...tableRowOf(method, seed, accuracy, { epochs }),
  costs: { seconds },
});

Deno.test("equalCost() compares a method with the other's measure at the same cost", () => {
  const rows = [
    row("hinton", 1, 4, 0.50, 10),
    row("hinton", 1, 8, 0.60, 20),
    row("hinton", 1, 16, 0.70, 40),
    row("bss", 1, 4, 0.56, 20),
    row("bss", 1, 8, 0.66, Math.sqrt(20 * 40)),
  ];
  const [exact, between] = equalCost(rows, "bss", "hinton", "seconds");
  assertEquals([exact.epochs, exact.cost], [4, 20]);
  assertAlmostEquals(exact.difference.mean, -4);
  assertAlmostEquals(between.difference.mean, 1);
});

Deno.test("equalCost() leaves out costs that the other never spent, and pairs by seed", () => {
  const rows = [
    row("hinton", 1, 4, 0.5, 10),
    row("hinton", 1, 8, 0.5, 20),
    row("hinton", 2, 4, 0.1, 10),
    row("hinton", 2, 8, 0.1, 20),
    row("bss", 1, 4, 0.6, 15),
    row("bss", 2, 4, 0.6, 15),
    row("bss", 1, 8, 0.6, 30),
    row("bss", 3, 8, 0.6, 15),
  ];
  const [four, eight] = equalCost(rows, "bss", "hinton", "seconds");
  assertEquals(four.difference.n, 2);
  assertAlmostEquals(four.difference.mean, 30);
  assertEquals(eight.difference.n, 0);
  assertEquals(equalCost(rows, "bss", "hinton", "teacher_images"), []);
});

Deno.test("equalCost() compares runs of one student and one share of the images only", () => {
  const of = (student: string, fraction: number, gain: number) =>
    [row("hinton", 1, 4, 0.5, 10), row("hinton", 1, 8, 0.5, 20), row("bss", 1, 4, 0.5 + gain, 15)]
      .map((row) => ({ ...row, student, fraction }));
  const rows = [...of("resnet8", 0.2, 0.1), ...of("resnet14", 0.2, 0.2), ...of("resnet8", 1, 0.3)];
  const found = equalCost(rows, "bss", "hinton", "seconds");
  assertEquals(
    found.map(({ place, difference }) => [place, Math.round(difference.mean)]),
    [
      ["resnet8, 20 % of the images", 10],
      ["resnet14, 20 % of the images", 20],
      ["resnet8, 100 % of the images", 30],
    ],
  );
});

Deno.test("equalCost() gives no value below the lowest cost of the other method", () => {
  const rows = [
    row("hinton", 1, 4, 0.5, 10),
    row("hinton", 1, 8, 0.6, 20),
    row("bss", 1, 1, 0.6, 5),
  ];
  const [{ difference }] = equalCost(rows, "bss", "hinton", "seconds");
  assertEquals(difference.n, 0);
});
