import { assertEquals } from "@std/assert";
import {
  type RobustnessAttack,
  robustnessAttacks,
} from "../../../lib/analysis/robustness/robustness_attack.ts";
import {
  type RobustnessRow,
  stagesFor,
  withWarnings,
} from "../../../lib/analysis/robustness/robustness_row.ts";

function row(attack: string, epsilon: number, accuracy: number): Omit<RobustnessRow, "warnings"> {
  return { attack, norm: "linf", epsilon, accuracy, interval: [0, 1], images: 100, broken: {} };
}

/** Returns the first words of each row's warnings. */
function warned(rows: Omit<RobustnessRow, "warnings">[], clean: number, classes = 10): string[][] {
  return withWarnings(rows, clean, robustnessAttacks, classes)
    .map(({ warnings }) => warnings.map((warning) => warning.slice(0, 48)));
}

Deno.test("withWarnings() adds none to rows that fall with ε and with the strength of the attack", () => {
  const rows = [
    row("FGSM", 1, 0.5),
    row("FGSM", 8, 0.2),
    row("PGD-20", 1, 0.4),
    row("PGD-20", 8, 0),
    row("APGD ensemble", 1, 0.4),
    row("APGD ensemble", 8, 0),
  ];
  assertEquals(
    withWarnings(rows, 0.9, robustnessAttacks, 10),
    rows.map((row) => ({
      ...row,
      warnings: [],
    })),
  );
});

Deno.test("withWarnings() adds each warning to the doubtful row, in any order of rows", () => {
  const rows = [row("PGD-20", 8, 0.45), row("FGSM", 8, 0.41), row("FGSM", 1, 0.4)];
  assertEquals(warned(rows, 0.42), [
    [
      "the accuracy under attack, 45.00 %, is above tha",
      "the accuracy of 45.00 % at ε = 8/255 is above th",
    ],
    ["the accuracy of 41.00 % at ε = 8/255 is above th"],
    [],
  ]);
});

Deno.test("withWarnings() names a stage that is left out for lack of classes", () => {
  const rows = [row("PGD-20", 1, 0.4), row("APGD ensemble", 1, 0.3)];
  assertEquals(warned(rows, 0.9, 3), [
    [],
    ["apgd-dlr needs 4 classes and the classifier has 3"]
      .map((text) => text.slice(0, 48)),
  ]);
  assertEquals(warned(rows, 0.9, 4), [[], []]);
});

Deno.test("stagesFor() keeps the stages for which there are enough classes", () => {
  const ensemble: RobustnessAttack = robustnessAttacks.at(-1)!;
  const names = (classes: number) => stagesFor(ensemble, classes).map(({ name }) => name);
  assertEquals([names(3), names(4)], [["apgd-ce"], ["apgd-ce", "apgd-dlr"]]);
});
