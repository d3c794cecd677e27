import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import seedrandom from "seedrandom";
import {
  above,
  type Claim,
  gainGrowsWithLessData,
  variantClaims,
} from "../../lib/runs/experiment.ts";
import { experiments } from "../../experiments/experiments.ts";
import { table1 } from "../../experiments/table1.ts";
import { verdictTable } from "../../lib/runs/report/verdict_table.ts";
import { formatInterval, verdictLines } from "../../lib/runs/report/verdict_words.ts";
import { verdicts } from "../../lib/runs/table/verdicts.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import { resolveOptions } from "../../lib/options.ts";
import { bundleOf } from "../../lib/report/display.ts";
import type { NotebookVerdict } from "../../lib/report/with_verdicts.ts";
import { tableRowOf } from "./table_row_of.ts";

const claim: Claim = {
  statement: "BSS beat Hinton's distillation",
  isPapers: true,
  experiment: "table1",
  place: { scale: "smoke", dataset: "d", student: "resnet8", fraction: 1, epochs: 2 },
  measure: "test_accuracy",
  contrast: above("bss", "hinton"),
  seeds: [1, 2, 3],
  family: { name: "two", size: 2 },
  margin: 0.5,
};
const about = (...claims: Claim[]) => ({ ...experiments[0], name: "table1", claims });

/** Makes rows of two methods over seeds 1, 2, … */
function rowsOf(bss: readonly number[], hinton: readonly number[], place = {}) {
  return [
    ...bss.map((accuracy, i) => tableRowOf("bss", i + 1, accuracy, place)),
    ...hinton.map((accuracy, i) => tableRowOf("hinton", i + 1, accuracy, place)),
  ];
}

const ABOVE = rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74]);

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

const VERDICTS = "application/vnd.distillation.verdicts+json";

Deno.test("verdictTable() names the student of each verdict, and passes the verdicts on to pages", async () => {
  const place = { ...claim.place, student: "resnet14" };
  const claims = [claim, { ...claim, place }].map((each) => ({
    ...each,
    place: { ...each.place, scale: "paper" as const },
  }));
  const scale = "paper" as const;
  const rows = [
    ...rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74], { scale }),
    ...rowsOf([0.80, 0.70, 0.85], [0.74, 0.73, 0.86], { scale, student: "resnet14" }),
  ];
  const bundle = await bundleOf(verdictTable(about(...claims), rows));
  assertMatch(
    String(bundle["text/plain"]),
    /\nBSS beat .* holds +resnet8 .*\nBSS beat .* not settled +resnet14 /,
  );
  const found = bundle[VERDICTS] as NotebookVerdict[];
  assertEquals(found.map(({ claim, verdict, evidence }) => [claim, verdict, evidence!.place]), [
    [claim.statement, "holds", "resnet8, 100 % of the images, 2 epochs"],
    [claim.statement, "not settled", "resnet14, 100 % of the images, 2 epochs"],
  ]);
  const { difference, interval, ...evidence } = found[0].evidence!;
  assertAlmostEquals(difference!, 10);
  assertAlmostEquals(interval![0], 6.417, 0.001);
  assertEquals(evidence, {
    dataset: "d",
    scale: "paper",
    place: "resnet8, 100 % of the images, 2 epochs",
    isMain: false,
    seeds: "3 of 3",
    paper: null,
    unit: "points",
    shown: { difference: "+10.00 points", interval: "[6.42, 13.58]" },
    isDecided: true,
  });
  const opposite = { ...claims[0], contrast: above("hinton", "bss") };
  const [below] = (await bundleOf(verdictTable(about(opposite), rows)))[VERDICTS] as typeof found;
  assertEquals(below.evidence!.shown, {
    difference: "−10.00 points",
    interval: "[−13.58, −6.42]",
  });
});

Deno.test("verdictTable() gives the paper's difference for runs with the paper's images only", async () => {
  const dataset = "cifar10";
  const family = { name: "three", size: 3 };
  const all = { ...claim, family, place: { ...claim.place, scale: "paper" as const, dataset } };
  const fifth = { ...all, place: { ...all.place, fraction: 0.2 } };
  const other = { ...all, contrast: above("bss", "unheard of") };
  const bundle = await bundleOf(verdictTable({ ...table1, claims: [all, fifth, other] }, []));
  const [known, ...unknown] = (bundle[VERDICTS] as NotebookVerdict[])
    .map(({ evidence }) => evidence!.paper);
  assertAlmostEquals(known!, 87.32 - 86.66);
  assertEquals(unknown, [null, null]);
});

Deno.test("verdictTable() drops columns that are empty, and says in its title what is the same in all", async () => {
  const claims = ["resnet8", "resnet14"].map((student) => ({
    ...claim,
    place: { ...claim.place, student },
  }));
  const text = async (rows: typeof ABOVE) =>
    String((await bundleOf(verdictTable(about(...claims), rows)))["text/plain"]).split("\n");
  const [title, head] = await text([]);
  assertEquals(title, "Verdicts, family two, 2 claims, asked by the paper");
  assertEquals(head.split(/ {2,}/), ["claim", "verdict", "where", "seeds"]);
  assertMatch(
    (await text(ABOVE))[1],
    /difference, paired +interval, adjusted +seeds +p, adjusted$/,
  );
});

Deno.test("a verdict never disagrees with the interval beside it, as shown", () => {
  // The ends lie so near to a limit that two digits would put them onto it.
  assertEquals(formatInterval([0.004, 0.5], 2, [-0.5, 0, 0.5]), "[0.004, 0.50]");
  assertEquals(formatInterval([-0.2, -0.0001], 2, [0]), "[-0.20, -0.0001]");
  assertEquals(formatInterval([-0.4996, 0.504], 2, [-0.5, 0, 0.5]), "[-0.4996, 0.504]");
  assertEquals(formatInterval([0, 1], 2, [0]), "[0.00, 1.00]");
  const random = seedrandom("verdicts beside intervals");
  const kinds = new Set<string>();
  for (let trial = 0; trial < 2000; trial++) {
    // Many of these are barely significant, or barely within the margin.
    const [gain, spread] = [1.2 * random() - 0.6, 10 ** (-2.5 * random())];
    const accuracies = [1, 2, 3].map(() => 70 + gain + spread * (random() - 0.5));
    const rows = rowsOf(accuracies.map((value) => value / 100), [0.7, 0.7, 0.7]);
    const found = verdicts(about(claim), rows);
    const [{ verdict, interval }] = verdictLines(found);
    const [low, high] = interval!.slice(1, -1).split(", ").map(Number);
    const said = low > 0
      ? "holds (smoke)"
      : high < 0
      ? "the opposite (smoke)"
      : low > -0.5 && high < 0.5
      ? "no difference beyond 0.5 points (smoke)"
      : "not settled (smoke)";
    assertEquals(verdict, said, JSON.stringify(found));
    kinds.add(verdict);
  }
  assertEquals(kinds.size, 4);
});

/** The text of each verdict of a table, as pages get it. */
async function wordsOf(claims: Claim[], rows = ABOVE): Promise<string[]> {
  const bundle = await bundleOf(verdictTable(about(...claims), rows));
  return (bundle[VERDICTS] as { verdict: string }[]).map(({ verdict }) => verdict);
}

Deno.test("verdictTable() says what is missing, what differs, and the scale of small images", async () => {
  assertEquals(await wordsOf([claim]), ["holds (smoke)"]);
  assertEquals(await wordsOf([{ ...claim, contrast: above("hinton", "bss") }]), [
    "the opposite (smoke)",
  ]);
  const equal = rowsOf([0.8001, 0.7000, 0.8600], [0.8, 0.7001, 0.8601]);
  assertEquals(await wordsOf([claim], equal), ["no difference beyond 0.5 points (smoke)"]);
  assertEquals(await wordsOf([{ ...claim, seeds: [1, 2, 3, 4, 5] }]), ["3 of 5 seeds"]);
  assertEquals(await wordsOf([{ ...claim, seeds: [1, 2] }]), ["2 of 3 seeds"]);
  assertEquals(await wordsOf([claim], []), ["not measured"]);
  const conditions = { processor: "Intel", precision: ["f32"], kernels: "wasm" };
  const mixed = [...ABOVE.slice(0, 5), tableRowOf("hinton", 3, 0.74, { conditions })];
  assertEquals(await wordsOf([claim], mixed), ["no verdict: pairs differ in processor, kernels"]);
});

Deno.test("verdictTable() links a claim of another experiment, and leaves it out of the index", async () => {
  const linked = { ...claim, experiment: "figure-data" };
  const bundle = await bundleOf(verdictTable(about(linked, claim), ABOVE));
  assertStringIncludes(String(bundle["text/plain"]), "decided in figure-data");
  const link = '<a href="figure-data.ipynb">decided in figure-data</a>';
  assertStringIncludes(String(bundle["text/html"]), link);
  assertEquals((bundle[VERDICTS] as unknown[]).length, 1);
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
});

Deno.test("a p-value is never shown as zero", () => {
  const textOf = (spread: number) => {
    const rows = rowsOf([0.8, 0.8 + spread, 0.8 - spread], [0.7, 0.7, 0.7]);
    return verdictLines(verdicts(about(claim), rows))[0].p;
  };
  assertEquals(textOf(0.0001), "<0.001");
  assertMatch(textOf(0.05)!, /^0\.\d{3}$/);
});
