import { assertAlmostEquals, assertEquals } from "@std/assert";
import { above, type Claim, gainGrowsWithLessData } from "../../lib/runs/experiment.ts";
import { experiments } from "../../experiments/experiments.ts";
import { labelOf } from "../../lib/runs/overrides.ts";
import { verdictTable } from "../../lib/runs/report/verdict_table.ts";
import { verdicts } from "../../lib/runs/table/verdicts.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { tableRowOf } from "./table_row_of.ts";

const claim: Claim = {
  statement: "BSS beat Hinton's distillation",
  isPapers: true,
  contrast: above("bss", "hinton"),
};
const about = (...claims: Claim[]) => ({ claims, measures: ["test_accuracy"] });

/** Makes rows of two methods over seeds 1, 2, … */
function rowsOf(bss: readonly number[], hinton: readonly number[], place = {}) {
  return [
    ...bss.map((accuracy, i) => tableRowOf("bss", i + 1, accuracy, place)),
    ...hinton.map((accuracy, i) => tableRowOf("hinton", i + 1, accuracy, place)),
  ];
}

Deno.test("a claim holds, its opposite does, or it is not settled, by the paired test over seeds", () => {
  const kindOf = (bss: readonly number[], hinton: readonly number[]) =>
    verdicts(about(claim), rowsOf(bss, hinton)).map(({ kind }) => kind);
  assertEquals(kindOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74]), ["holds"]);
  assertEquals(kindOf([0.70, 0.73, 0.74], [0.80, 0.82, 0.85]), ["opposite"]);
  assertEquals(kindOf([0.80, 0.70, 0.85], [0.74, 0.73, 0.86]), ["not settled"]);
  // Two equal differences have no spread and would look certain.
  assertEquals(kindOf([0.8, 0.9], [0.7, 0.8]), ["too few seeds"]);
  assertEquals(kindOf([0.8, 0.9, 0.9], []), ["not measured"]);
  assertEquals(kindOf([], []), ["not measured"]);
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

Deno.test("verdicts() tests each student separately, and adjusts for all of them", () => {
  const rows = [
    ...rowsOf([0.80, 0.82, 0.86], [0.75, 0.79, 0.79], { student: "resnet8" }),
    ...rowsOf([0.80, 0.82, 0.86], [0.75, 0.79, 0.79], { student: "resnet14" }),
  ];
  const found = verdicts(about(claim), rows);
  assertEquals(found.map(({ place }) => place!.student), ["resnet8", "resnet14"]);
  for (const { adjustedP, difference } of found) {
    assertAlmostEquals(adjustedP!, 2 * difference.p!, 1e-12);
  }
});

Deno.test("a trend compares the gain at the smallest share with that at the largest", () => {
  const trend = { ...claim, contrast: gainGrowsWithLessData("bss", "hinton") };
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

Deno.test("verdictTable() names the student of each verdict, and passes the verdicts on to pages", async () => {
  const experiment = { ...experiments[0], ...about(claim) };
  const rows = [
    ...rowsOf([0.80, 0.82, 0.85], [0.70, 0.73, 0.74], { student: "resnet8" }),
    ...rowsOf([0.80, 0.70, 0.85], [0.74, 0.73, 0.86], { student: "resnet14" }),
  ];
  const bundle = await bundleOf(verdictTable(experiment, rows));
  assertEquals(bundle["application/vnd.distillation.verdicts+json"], [
    { claim: `${claim.statement} (resnet8)`, verdict: "holds here" },
    { claim: `${claim.statement} (resnet14)`, verdict: "not settled" },
  ]);
});

for (const { name, claims, scales } of experiments) {
  Deno.test(`claims of ${name} are about methods that it has at every scale`, () => {
    for (const grids of Object.values(scales)) {
      const labels = grids.flatMap(({ methods }) => methods.map(labelOf));
      for (const { contrast } of claims) {
        assertEquals(contrast.filter(({ method }) => !labels.includes(method)), []);
      }
    }
  });
}
