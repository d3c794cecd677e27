import { assertAlmostEquals, assertEquals } from "@std/assert";
import { summarise } from "../../lib/runs/table/summary.ts";
import { tableRowOf as row } from "./table_row_of.ts";

Deno.test("summarise() gives mean and standard deviation over seeds, and gains paired by seed", () => {
  const rows = [
    row("original", 1, 0.80),
    row("original", 2, 0.84),
    row("bss", 1, 0.83, { shares: [0.7, 0.2, 0.1] }),
    row("bss", 2, 0.85, { shares: [0.9, 0.1, 0.0] }),
  ];
  const [original, bss] = summarise(rows);
  assertEquals([original.method, bss.method], ["original", "bss"]);
  assertAlmostEquals(original.mean, 82);
  assertAlmostEquals(original.std!, Math.sqrt(8));
  assertEquals(original.gain, null);
  assertAlmostEquals(bss.gain!.mean, 2);
  assertAlmostEquals(bss.gain!.std, Math.sqrt(2));
  bss.outcomes!.forEach((share, index) => assertAlmostEquals(share, [0.8, 0.15, 0.05][index]));
});

Deno.test("summarise() pairs only the seeds that both have, and leaves out unknown values", () => {
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

Deno.test("summarise() pairs within the same share of the data only", () => {
  const [, , small, large] = summarise([
    row("original", 1, 0.5, { fraction: 0.2 }),
    row("original", 1, 0.8, { fraction: 1 }),
    row("bss", 1, 0.6, { fraction: 0.2 }),
    row("bss", 1, 0.81, { fraction: 1 }),
  ]);
  assertAlmostEquals(small.gain!.mean, 10);
  assertAlmostEquals(large.gain!.mean, 1);
});

Deno.test("summarise() pairs within the same protocol only", () => {
  const [, , short, long, , changed] = summarise([
    row("original", 1, 0.5, { epochs: 2 }),
    row("original", 1, 0.8, { epochs: 8 }),
    row("bss", 1, 0.6, { epochs: 2 }),
    row("bss", 1, 0.81, { epochs: 8 }),
    row("original", 1, 0.7, { epochs: 2, setting: "learningRate=0.01" }),
    row("bss", 1, 0.9, { epochs: 2, setting: "learningRate=0.01" }),
  ]);
  assertAlmostEquals(short.gain!.mean, 10);
  assertAlmostEquals(long.gain!.mean, 1);
  assertAlmostEquals(changed.gain!.mean, 20);
});

Deno.test("summarise() keeps teachers apart, and pairs each with a reference without a teacher", () => {
  const rows = [
    row("original", 1, 0.5),
    row("bss", 1, 0.6, { teacher: "large" }),
    row("bss", 1, 0.7, { teacher: "small" }),
    row("hinton", 1, 0.55, { teacher: "small" }),
  ];
  const gains = summarise(rows).slice(1).map(({ gain }) => Math.round(gain!.mean));
  assertEquals(gains, [10, 20, 5]);
  const overHinton = summarise(rows, { reference: "hinton", measures: ["test_accuracy"] });
  assertEquals(overHinton.map(({ gain }) => gain && Math.round(gain.mean)), [null, null, 15, null]);
});

Deno.test("summarise() takes an experiment's measures, and leaves out what was not measured", () => {
  const rows = [
    row("hinton", 1, 0.8, { mag_sim: 0.5 }),
    row("bss", 1, 0.8, { mag_sim: 0.6 }),
    row("bss", 2, 0.9),
  ];
  const [, bss] = summarise(rows, {
    reference: "hinton",
    measures: ["mag_sim", "test_accuracy", "seconds"],
  });
  assertEquals([bss.mean, bss.std, bss.seeds], [0.6, null, [1]]);
  assertAlmostEquals(bss.gain!.mean, 0.1);
  assertAlmostEquals(bss.others.test_accuracy!.mean, 85);
  assertEquals(bss.others.seconds!.mean, 15);
  const [none] = summarise([row("bss", 1, 0.8)], { reference: "hinton", measures: ["mag_sim"] });
  assertEquals([none.values, none.gain], [[], null]);
});

Deno.test("a gain is of mixed conditions only if they differ within a pair", () => {
  const on = (processor: string) => ({
    conditions: { processor, precision: ["f32"], kernels: "onednn" },
  });
  const mixedOf = (reference: string, second: string) => {
    const [, bss] = summarise([
      row("original", 1, 0.80, on("AMD")),
      row("original", 2, 0.84, on(reference)),
      row("bss", 1, 0.83, on("AMD")),
      row("bss", 2, 0.85, on(second)),
    ]);
    return bss.gain!.mixed;
  };
  assertEquals(mixedOf("Intel", "Intel"), []);
  assertEquals(mixedOf("AMD", "Intel"), ["processor"]);
});
