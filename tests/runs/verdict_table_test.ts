import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import seedrandom from "seedrandom";
import { above, type Claim } from "../../lib/runs/claim.ts";
import { table1 } from "../../experiments/table1.ts";
import { verdictTable } from "../../lib/runs/report/verdict_table.ts";
import { verdictLines } from "../../lib/runs/report/verdict_words.ts";
import { formatInterval } from "../../lib/report/format_interval.ts";
import { verdicts } from "../../lib/runs/table/verdicts.ts";
import { bundleOf } from "../../lib/report/display.ts";
import type { NotebookVerdict } from "../../lib/report/with_verdicts.ts";
import { about, ABOVE, claim, rowsOf } from "./made_up_claim.ts";
import { tableRowOf } from "./table_row_of.ts";

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

Deno.test("verdictLines() writes a p-value on its side of the rule's limit", () => {
  const [verdict] = verdicts(about(claim), ABOVE);
  const pOf = (adjustedP: number) => verdictLines([{ ...verdict, adjustedP }])[0].p;
  assertEquals([0.0004, 0.2, 0.04996, 0.05002].map(pOf), ["<0.001", "0.200", "0.04996", "0.050"]);
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
  assertEquals(title, "Verdicts, measure test accuracy, family two, 2 claims, asked by the paper");
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
  assertStringIncludes(String(bundle["text/plain"]), "see figure-data");
  const link = '<a href="figure-data.ipynb">see figure-data</a>';
  assertStringIncludes(String(bundle["text/html"]), link);
  assertEquals((bundle[VERDICTS] as unknown[]).length, 1);
});

Deno.test("a p-value is never shown as zero", () => {
  const textOf = (spread: number) => {
    const rows = rowsOf([0.8, 0.8 + spread, 0.8 - spread], [0.7, 0.7, 0.7]);
    return verdictLines(verdicts(about(claim), rows))[0].p;
  };
  assertEquals(textOf(0.0001), "<0.001");
  assertMatch(textOf(0.05)!, /^0\.\d{3}$/);
});
