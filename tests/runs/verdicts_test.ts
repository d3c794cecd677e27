import { assertAlmostEquals, assertEquals } from "@std/assert";
import { familyInterval } from "../../lib/analysis/statistics/decide_family.ts";
import { gainGrowsWithLessData, variantClaims } from "../../lib/runs/claim.ts";
import { verdicts } from "../../lib/runs/table/verdicts.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import { resolveOptions } from "../../lib/options.ts";
import { about, ABOVE, claim, rowsOf } from "./made_up_claim.ts";
import { tableRowOf } from "./table_row_of.ts";

Deno.test("a claim holds, its opposite does, or it is not settled, by the paired test over seeds", () => {
  const kindOf = (bss: readonly number[], hinton: readonly number[]) =>
    verdicts(about(claim), rowsOf(bss, hinton)).map(({ kind }) => kind);
  assertEquals(kindOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74]), ["holds"]);
  assertEquals(kindOf([0.70, 0.73, 0.74], [0.80, 0.82, 0.85]), ["opposite"]);
  assertEquals(kindOf([0.80, 0.70, 0.85], [0.74, 0.73, 0.86]), ["not settled"]);
  assertEquals(kindOf([0.8001, 0.7000, 0.8600], [0.8, 0.7001, 0.8601]), ["no difference"]);
  // Two equal differences have no spread and would look certain.
  assertEquals(kindOf([0.8, 0.9], [0.7, 0.8]), ["too few seeds"]);
  assertEquals(kindOf([0.8, 0.9, 0.9], []), ["not measured"]);
  assertEquals(kindOf([], []), ["not measured"]);
});

Deno.test("a claim waits for all planned seeds, and no other seed counts", () => {
  const ten = { ...claim, seeds: [1, 2, 3, 4] };
  const [waiting] = verdicts(about(ten), ABOVE);
  assertEquals([waiting.kind, waiting.adjustedP, waiting.difference.n], ["too few seeds", null, 3]);
  const others = rowsOf([0.80, 0.82, 0.85, 0.1, 0.1], [0.70, 0.73, 0.74, 0.9, 0.9]);
  assertEquals(verdicts(about(claim), others), verdicts(about(claim), ABOVE));
  // Two planned seeds are fewer than any verdict takes.
  assertEquals(verdicts(about({ ...claim, seeds: [1, 2] }), ABOVE)[0].kind, "too few seeds");
});

Deno.test("verdicts() pairs seeds, and leaves out those that only one side has", () => {
  const rows = [
    tableRowOf("bss", 1, 0.8),
    tableRowOf("bss", 2, 0.9),
    tableRowOf("hinton", 2, 0.7),
    tableRowOf("hinton", 3, 0.1),
  ];
  const [{ difference }] = verdicts(about(claim), rows);
  assertEquals(difference.n, 1);
  assertAlmostEquals(difference.mean, 20);
});

Deno.test("verdicts() tests each student separately, and adjusts for the planned family", () => {
  const place = { ...claim.place, student: "resnet14" };
  const claims = [claim, { ...claim, place }];
  const [bss, hinton] = [[0.80, 0.82, 0.86], [0.75, 0.79, 0.79]];
  const both = [...rowsOf(bss, hinton), ...rowsOf(bss, hinton, { student: "resnet14" })];
  const found = verdicts(about(...claims), both);
  assertEquals(found.map(({ difference }) => difference.n), [3, 3]);
  for (const { adjustedP, difference } of found) {
    assertAlmostEquals(adjustedP!, 2 * difference.p!, 1e-12);
  }
  // The same without the other student's results, and without its claim.
  const [one, other] = verdicts(about(...claims), rowsOf(bss, hinton));
  assertEquals([one.adjustedP, other.kind], [found[0].adjustedP, "not measured"]);
  assertEquals(verdicts(about(claim), both)[0].adjustedP, found[0].adjustedP);
});

Deno.test("a claim is about the runs of its place only", () => {
  const elsewhere = [
    { dataset: "e" },
    { student: "resnet14" },
    { fraction: 0.2 },
    { epochs: 8 },
    { scale: "quick" as const },
    { setting: "learningRate=0.01" },
  ];
  for (const place of elsewhere) {
    const rows = rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74], place);
    assertEquals(verdicts(about(claim), rows)[0].kind, "not measured", JSON.stringify(place));
  }
  // Precision is a condition of the pairs, and the place names the epochs itself.
  const setting = "epochs=2, studentPrecision=bf16";
  const rows = rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74], { setting });
  assertEquals(verdicts(about(claim), rows)[0].kind, "holds");
});

Deno.test("a trend compares the gain at the smallest share with that at the largest", () => {
  const trend = { ...claim, contrast: gainGrowsWithLessData("bss", "hinton", [0.2, 1]) };
  const rows = [
    ...rowsOf([0.60, 0.63, 0.61], [0.50, 0.51, 0.50], { fraction: 0.2 }),
    ...rowsOf([0.70, 0.70, 0.70], [0.10, 0.90, 0.10], { fraction: 0.6 }),
    ...rowsOf([0.81, 0.80, 0.82], [0.80, 0.80, 0.80], { fraction: 1 }),
  ];
  const [{ difference, kind }] = verdicts(about(trend), rows);
  assertAlmostEquals(difference.mean, 11 - 1);
  assertEquals(kind, "holds");
  const [{ kind: ofOneShare }] = verdicts(about(trend), rows.slice(0, 6));
  assertEquals(ofOneShare, "not measured");
});

Deno.test("a claim gets no verdict if one pair's runs were made under different conditions", () => {
  const of = (processor: string, precision = ["f32"], kernels = "onednn") => ({
    conditions: { processor, precision, kernels },
  });
  const [bss, hinton] = [ABOVE.slice(0, 3), ABOVE.slice(3)];
  const kindWith = (...last: ReturnType<typeof of>[]) => {
    const rows = [
      ...bss.slice(0, 2),
      ...hinton.slice(0, 2),
      tableRowOf("bss", 3, 0.85, last[0]),
      tableRowOf("hinton", 3, 0.74, last[1]),
    ];
    const [{ kind, mixed, adjustedP }] = verdicts(about(claim), rows);
    return [kind, mixed, adjustedP === null];
  };
  assertEquals(kindWith(of("Intel"), of("AMD")), ["mixed conditions", ["processor"], true]);
  assertEquals(kindWith(of("AMD", ["bf16"]), of("AMD")), ["mixed conditions", ["precision"], true]);
  assertEquals(kindWith(of("AMD"), of("AMD", ["f32"], "wasm")), [
    "mixed conditions",
    ["kernels"],
    true,
  ]);
  // Another seed may be from another machine, as long as both of its runs are.
  assertEquals(kindWith(of("Intel"), of("Intel")), ["holds", [], false]);
  // But precision changes what is measured.
  assertEquals(kindWith(of("AMD", ["bf16"]), of("AMD", ["bf16"])), [
    "mixed conditions",
    ["precision"],
    true,
  ]);
});

Deno.test("a claim takes the pairs of one precision where all seeds have them", () => {
  const inPrecision = (precision: string) => ({
    conditions: { processor: "AMD EPYC", precision: [precision], kernels: "onednn" },
  });
  const bfloat16 = rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74], inPrecision("bf16"));
  const float32 = rowsOf([0.1, 0.2], [0.9, 0.9], inPrecision("f32"));
  const [alone] = verdicts(about(claim), bfloat16);
  assertEquals(verdicts(about(claim), [...float32, ...bfloat16]), [alone]);
});

Deno.test("a claim about the student's precision waives no other difference", () => {
  const of = (precision: string[]) => ({
    conditions: { processor: "AMD EPYC", precision, kernels: "onednn" },
  });
  const compared = { ...claim, compares: "precision" as const };
  const kindOf = (bss: string[], hinton: string[]) => {
    const rows = [
      ...rowsOf([0.80, 0.82, 0.85], [], of(bss)),
      ...rowsOf([], [0.70, 0.73, 0.74], of(hinton)),
    ];
    const [{ kind, mixed }] = verdicts(about(compared), rows);
    return [kind, mixed];
  };
  assertEquals(kindOf(["f32", "bf16"], ["bf16", "bf16"]), ["holds", []]);
  assertEquals(kindOf(["f32", "f32"], ["bf16", "bf16"]), ["mixed conditions", ["precision"]]);
});

Deno.test("equal gains are no difference, whatever their rounding errors", () => {
  const trend = {
    ...claim,
    contrast: gainGrowsWithLessData("bss", "hinton", [0.2, 1]),
  };
  const rows = [[0.700, 0.650, 0.826, 0.776], [0.700, 0.657, 0.839, 0.796], [
    0.700,
    0.664,
    0.839,
    0.803,
  ]].flatMap(([bss, hinton, bssOfAll, hintonOfAll], index) => [
    tableRowOf("bss", index + 1, bss, { fraction: 0.2 }),
    tableRowOf("hinton", index + 1, hinton, { fraction: 0.2 }),
    tableRowOf("bss", index + 1, bssOfAll),
    tableRowOf("hinton", index + 1, hintonOfAll),
  ]);
  const [{ kind, difference }] = verdicts(about(trend), rows);
  assertEquals([kind, difference.mean], ["no difference", 0]);
});

Deno.test("a claim gets no verdict if a pair's students were measured under different conditions", () => {
  const on = (processor: string) => ({
    measuredUnder: { test_accuracy: { processor, precision: ["f32"], kernels: "onednn" } },
  });
  const kindWith = (bss: string, hinton: string) => {
    const rows = [
      ...rowsOf([0.80, 0.82], [0.70, 0.73]),
      tableRowOf("bss", 3, 0.85, on(bss)),
      tableRowOf("hinton", 3, 0.74, on(hinton)),
    ];
    const [{ kind, mixed }] = verdicts(about(claim), rows);
    return [kind, ...mixed];
  };
  assertEquals(kindWith("Intel", "AMD"), ["mixed conditions", "processor"]);
  assertEquals(kindWith("AMD", "AMD"), ["holds"]);
  const elsewhere = { measuredUnder: { mag_sim: on("Intel").measuredUnder.test_accuracy } };
  const others = rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74]).with(
    0,
    tableRowOf("bss", 1, 0.80, elsewhere),
  );
  assertEquals(verdicts(about(claim), others)[0].kind, "holds");
});

Deno.test("of several runs of one method and seed, those made under the same conditions are paired", () => {
  const conditions = { processor: "AMD EPYC", precision: ["f32", "bf16"], kernels: "onednn" };
  const float32 = { conditions: { ...conditions, precision: ["f32", "f32"] } };
  const rows = [
    ...rowsOf([0.1, 0.1, 0.1], [], float32),
    ...rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74], { conditions }),
  ];
  const [{ kind, difference, mixed }] = verdicts(about(claim), rows);
  assertEquals([kind, mixed], ["holds", []]);
  assertAlmostEquals(difference.mean, 10);
});

Deno.test("a claim whose pairs differ counts as p = 1 in its family", () => {
  const student = { student: "resnet14" };
  const claims = [claim, { ...claim, place: { ...claim.place, ...student } }];
  const conditions = { processor: "Intel", precision: ["f32"], kernels: "onednn" };
  const mixed = [
    ...rowsOf([0.80, 0.82, 0.85], [], student),
    ...rowsOf([], [0.70, 0.73, 0.74], { ...student, conditions }),
  ];
  const found = verdicts(about(...claims), [...ABOVE, ...mixed]);
  assertEquals(found.map(({ kind }) => kind), ["holds", "mixed conditions"]);
  assertEquals(found[0], verdicts(about(claim), ABOVE)[0]);
});

Deno.test("a claim of another experiment is left to that one", () => {
  const linked = { ...claim, experiment: "table3" };
  const [{ kind, difference, adjustedP, interval }] = verdicts(about(linked), ABOVE);
  assertEquals([kind, difference.n, adjustedP, interval], ["elsewhere", 0, null, null]);
});

Deno.test("variantClaims() makes one family of all variants and places, with the plan's seeds", () => {
  const run = (label: string, fraction: number, seed: number) => ({
    label,
    variantOf: label === "bss" ? null : "bss",
    setting: null,
    specification: {
      dataset: { name: "d", fingerprint: "f", fraction, testImages: null },
      teacher: null,
      student: "resnet8",
      method: "bss",
      options: {},
      protocol: resolveOptions("protocol", protocolOptions, { epochs: 2 }),
      scale: "smoke" as const,
      seed,
    },
  });
  const plan = ["bss", "bss (eta=2)", "bss (eta=3)"].flatMap((label) =>
    [0.2, 1].flatMap((fraction) => [4, 5, 6].map((seed) => run(label, fraction, seed)))
  );
  const claims = variantClaims(about(), plan);
  assertEquals(claims.map(({ statement, place }) => [statement, place.fraction]), [
    ["bss (eta=2) is better than bss", 0.2],
    ["bss (eta=2) is better than bss", 1],
    ["bss (eta=3) is better than bss", 0.2],
    ["bss (eta=3) is better than bss", 1],
  ]);
  for (const { family, seeds, experiment, margin } of claims) {
    assertEquals([family.size, seeds, experiment, margin], [4, [4, 5, 6], "table1", 0.5]);
  }
  const rows = [0.80, 0.82, 0.85].map((accuracy, i) => tableRowOf("bss (eta=2)", i + 4, accuracy));
  const defaults = [0.70, 0.73, 0.74].map((accuracy, i) => tableRowOf("bss", i + 4, accuracy));
  const kinds = verdicts(about(...claims), [...rows, ...defaults]).map(({ kind }) => kind);
  assertEquals(kinds, ["not measured", "holds", "not measured", "not measured"]);
  assertEquals(variantClaims(about(), plan.filter(({ label }) => label === "bss")), []);
  // Runs that differ in what a claim does not say, such as the teacher's precision, are one seed.
  assertEquals(variantClaims(about(), [...plan, ...plan]), claims);
});

Deno.test("the interval of a claim without a verdict is adjusted for its family, too", () => {
  const rows = rowsOf([0.80, 0.83], [0.70, 0.72]);
  const [{ kind, interval }] = verdicts(about({ ...claim, family: { name: "f", size: 4 } }), rows);
  const expected = familyInterval([10, 11], 4)!;
  assertEquals(kind, "too few seeds");
  interval!.forEach((end, index) => assertAlmostEquals(end, expected[index], 1e-6));
});

Deno.test("a claim about the student's precision allows measurements in either", () => {
  const of = (precision: string[]) => {
    const conditions = { processor: "AMD EPYC", precision, kernels: "onednn" };
    return { conditions, measuredUnder: { test_accuracy: conditions } };
  };
  const rows = [
    ...rowsOf([0.80, 0.82, 0.85], [], of(["f32", "bf16"])),
    ...rowsOf([], [0.70, 0.73, 0.74], of(["bf16", "bf16"])),
  ];
  const [{ kind, mixed }] = verdicts(about({ ...claim, compares: "precision" }), rows);
  assertEquals([kind, mixed], ["holds", []]);
});
