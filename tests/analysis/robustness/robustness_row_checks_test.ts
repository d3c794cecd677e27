import { assertEquals } from "@std/assert";
import {
  aboveCleanCheck,
  type CheckedRow,
  risingCheck,
  weakerCheck,
} from "../../../lib/analysis/robustness/robustness_row.ts";

function row(epsilon: number, accuracy: number, given: Partial<CheckedRow> = {}): CheckedRow {
  return { attack: "PGD", norm: "linf", epsilon, accuracy, ...given };
}

Deno.test("aboveCleanCheck() finds an attack that helps, and passes one that does nothing", () => {
  assertEquals(
    aboveCleanCheck(row(8, 0.905), 0.9),
    "the accuracy under attack, 90.50 %, is above that without one, 90.00 %: the attack helps the " +
      "classifier",
  );
  assertEquals(aboveCleanCheck(row(8, 0.9), 0.9), null);
  assertEquals(aboveCleanCheck(row(8, NaN), NaN), null);
});

Deno.test("risingCheck() finds an accuracy above that of any smaller ball, and names the lowest", () => {
  const rows = [row(2, 0.3), row(1, 0.5), row(8, 0.4)];
  assertEquals(
    risingCheck(rows[2], rows),
    "the accuracy of 40.00 % at ε = 8/255 is above the 30.00 % at 2/255, a smaller ball that lies " +
      "within: the attack does not find what is there",
  );
});

Deno.test("risingCheck() ignores other attacks and norms, and passes an equal accuracy", () => {
  const large = row(8, 0.4);
  const others = [row(2, 0.1, { attack: "FGSM" }), row(0.5, 0.1, { norm: "l2" }), row(16, 0.1)];
  assertEquals(risingCheck(large, [large, row(4, 0.4), ...others]), null);
});

Deno.test("weakerCheck() finds a weaker attack with a lower accuracy in the same ball", () => {
  const weaker = [
    row(0.5, 0.35, { attack: "FGSM", norm: "l2" }),
    row(1, 0, { attack: "FGSM", norm: "l2" }),
    row(0.5, 0, { attack: "FGSM" }),
  ];
  assertEquals(
    weakerCheck(row(0.5, 0.4, { norm: "l2" }), weaker),
    "the accuracy of 40.00 % at ε = 0.5 is above the 35.00 % under FGSM, a weaker attack: gradients " +
      "may be masked",
  );
  assertEquals(weakerCheck(row(0.5, 0.35, { norm: "l2" }), weaker), null);
  assertEquals(weakerCheck(row(0.5, 0.4), []), null);
});
