import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { TableRow } from "../../experiments/result_table.ts";
import { summarise } from "../../experiments/summary.ts";

function row(method: string, seed: number, test_accuracy: number, shares?: number[]): TableRow {
  const [share_crossed_to_target, share_third_class, share_not_crossed] = shares ??
    [null, null, null];
  return {
    ...{ dataset: "d", fraction: 1, teacher: null, student: "resnet8", method, seed, epochs: 2 },
    scale: "smoke",
    ...{ test_accuracy, share_crossed_to_target, share_third_class, share_not_crossed },
    run: `${method}-${seed}`,
  };
}

Deno.test("summarise() gives mean and spread over seeds, and gains paired by seed", () => {
  const rows = [
    row("original", 1, 0.80),
    row("original", 2, 0.84),
    row("bss", 1, 0.83, [0.7, 0.2, 0.1]),
    row("bss", 2, 0.85, [0.9, 0.1, 0.0]),
  ];
  const [original, bss] = summarise(rows);
  assertEquals([original.method, bss.method], ["original", "bss"]);
  assertAlmostEquals(original.mean, 82);
  assertAlmostEquals(original.std!, Math.sqrt(8));
  assertEquals(original.gain, null);
  assertAlmostEquals(bss.gain!.mean, 2);
  assertAlmostEquals(bss.gain!.std, Math.sqrt(2));
  assertAlmostEquals(bss.outcomes![0], 0.8);
});

Deno.test("summarise() pairs only the seeds that both have, and leaves out what is not known", () => {
  const [original, hinton] = summarise([
    row("original", 2, 0.8),
    row("hinton", 1, 0.9),
    row("hinton", 2, 0.9),
  ]);
  assertEquals(original.std, null);
  assertEquals(hinton.gain!.n, 1);
  assertEquals(hinton.gain!.interval, null);
  assertEquals(summarise([row("hinton", 1, 0.9)])[0].gain, null);
});
