import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RobustnessRow } from "../../lib/analysis/robustness/robustness_row.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { robustnessCurve } from "../../lib/report/robustness_curve.ts";
import { robustnessTable } from "../../lib/report/robustness_table.ts";

function row(
  attack: string,
  norm: RobustnessRow["norm"],
  epsilon: number,
  accuracy: number,
  warnings: string[] = [],
): RobustnessRow {
  const interval = [accuracy - 0.125, accuracy + 0.25] as const;
  return { attack, norm, epsilon, accuracy, interval, images: 64, broken: { first: 2 }, warnings };
}

const MEASURED = {
  clean: { accuracy: 0.875, interval: [0.75, 0.9375] as const, images: 64 },
  rows: [
    row("FGSM", "linf", 8, 0.25),
    row("FGSM", "linf", 1, 0.5),
    row("FGSM", "l2", 0.5, 0.375),
    row("PGD-20", "linf", 1, 0.375, ["the attack stands still"]),
    row("PGD-20", "linf", 8, 0.125, ["the attack stands still"]),
  ],
  warnings: ["the gradient is zero on 3 of 64 images"],
};

Deno.test("robustnessCurve() draws a line with intervals for each attack, from the clean accuracy on", () => {
  const { data } = robustnessCurve(MEASURED, "linf");
  assertEquals(data.map(({ name, x, y }) => ({ name, x, y })), [
    { name: "FGSM", x: [0, 1, 8], y: [87.5, 50, 25] },
    { name: "PGD-20", x: [0, 1, 8], y: [87.5, 37.5, 12.5] },
  ]);
  assertEquals<unknown>(data[0], {
    type: "scatter",
    mode: "lines+markers",
    name: "FGSM",
    x: [0, 1, 8],
    y: [87.5, 50, 25],
    error_y: {
      type: "data",
      symmetric: false,
      array: [6.25, 25, 25],
      arrayminus: [12.5, 12.5, 12.5],
      color: "#5c0a35",
      thickness: 1,
      width: 4,
    },
    line: { color: "#5c0a35", width: 1.5, dash: "4px,2px" },
    marker: { color: "#5c0a35", size: 7, symbol: "triangle-up-open" },
    hovertemplate: "FGSM<br>ε = %{x}: %{y:.2f} %<extra></extra>",
  });
});

Deno.test("robustnessCurve() names the norm and the unit of ε on its axis", () => {
  const axes = (norm: "linf" | "l2") => {
    const { layout } = robustnessCurve(MEASURED, norm);
    return [layout.title.text, layout.xaxis.title.text, layout.yaxis.title.text];
  };
  assertEquals(axes("linf"), ["Accuracy under attack, L∞", "ε in L∞ (1/255)", "Accuracy (%)"]);
  assertEquals(axes("l2"), [
    "Accuracy under attack, L2",
    "ε in L2 (pixels in 0…1)",
    "Accuracy (%)",
  ]);
  assertEquals(robustnessCurve(MEASURED, "l2", "CIFAR-10").layout.title.text, "CIFAR-10");
});

Deno.test("robustnessCurve() has no line for a norm that was not measured, or without images", () => {
  const rows = MEASURED.rows.filter(({ norm }) => norm === "linf");
  assertEquals(robustnessCurve({ ...MEASURED, rows }, "l2").data, []);
  const none = { accuracy: NaN, interval: null, images: 0 };
  const empty = rows.map((row) => ({ ...row, ...none }));
  assertEquals(robustnessCurve({ clean: none, rows: empty }, "linf").data, []);
});

Deno.test("robustnessTable() has a line without an attack, one for each row, and each warning once", async () => {
  const bundle = await bundleOf(robustnessTable(MEASURED, "ResNet8"));
  assertEquals(
    bundle["text/plain"],
    `
ResNet8
attack  norm      ε  accuracy (%)  95 % interval (%)  images
──────  ────  ─────  ────────────  ─────────────────  ──────
none    –         –          87.5       [75.0, 93.8]      64
FGSM    L∞    8/255          25.0       [12.5, 50.0]      64
FGSM    L∞    1/255          50.0       [37.5, 75.0]      64
FGSM    L2      0.5          37.5       [25.0, 62.5]      64
PGD-20  L∞    1/255          37.5       [25.0, 62.5]      64
PGD-20  L∞    8/255          12.5        [0.0, 37.5]      64
Doubtful: the gradient is zero on 3 of 64 images. PGD-20: the attack stands still.`.slice(1),
  );
  assertStringIncludes(String(bundle["text/html"]), ">accuracy (%)</th>");
});

Deno.test("robustnessTable() says how many images each of several stages broke", async () => {
  const rows = [{ ...row("AutoAttack", "linf", 1, 0.5), broken: { "apgd-ce": 20, square: 4 } }];
  const { "text/plain": text } = await bundleOf(robustnessTable({ ...MEASURED, rows }));
  assertStringIncludes(
    String(text),
    "AutoAttack, L∞ 1/255: apgd-ce broke 20, square broke 4. Doubtful: ",
  );
});

Deno.test("robustnessTable() shows dashes without images, and no note without warnings", async () => {
  const none = { accuracy: NaN, interval: null, images: 0 };
  const rows = [{ ...row("FGSM", "l2", 1, 0), ...none }];
  const bundle = await bundleOf(robustnessTable({ clean: none, rows, warnings: [] }));
  assertEquals(
    bundle["text/plain"],
    `
Accuracy under attack
attack  norm  ε  accuracy (%)  95 % interval (%)  images
──────  ────  ─  ────────────  ─────────────────  ──────
none    –     –             –                  –       0
FGSM    L2    1             –                  –       0`.slice(1),
  );
});
