import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  decideFamily,
  familyInterval,
  type FamilyMember,
} from "../../../lib/analysis/statistics/decide_family.ts";
import { tInterval } from "../../../lib/analysis/statistics/interval.ts";
import { holm } from "../../../lib/analysis/statistics/paired_comparisons.ts";
import { pairedDifference } from "../../../lib/analysis/statistics/paired_difference.ts";
import { uniformNumbers } from "../../numbers.ts";

/** A claim with the given differences and a margin of half a point. */
const claim = (...differences: number[]): FamilyMember => ({ differences, margin: 0.5 });
const MISSING: FamilyMember = { differences: null, margin: 0.5 };

const kindsOf = (members: readonly FamilyMember[], size = members.length) =>
  decideFamily(members, size).map((decision) => decision?.kind ?? null);

const pOf = ({ differences }: FamilyMember) =>
  pairedDifference(differences!, differences!.map(() => 0)).p!;

Deno.test("a claim holds if its interval is above 0, and is opposite if it is below", () => {
  assertEquals(kindsOf([claim(2.1, 1.9, 2.3)]), ["holds"]);
  assertEquals(kindsOf([claim(-2.1, -1.9, -2.3)]), ["opposite"]);
  assertEquals(kindsOf([claim(2.1, -1.9, 2.3)]), ["not settled"]);
});

Deno.test("there is no difference if the interval lies within the margin, at both ends", () => {
  const near = [0.1, -0.1, 0.05, -0.05, 0.02];
  assertEquals(kindsOf([claim(...near)]), ["no difference"]);
  assertEquals(kindsOf([{ differences: near, margin: null }]), ["not settled"]);
  const [low, high] = familyInterval(near, 1)!;
  assert(-low < high);
  assertEquals(kindsOf([{ differences: near, margin: high * 1.01 }]), ["no difference"]);
  assertEquals(kindsOf([{ differences: near, margin: high * 0.99 }]), ["not settled"]);
  const mirrored = near.map((value) => -value);
  assertEquals(kindsOf([{ differences: mirrored, margin: high * 0.99 }]), ["not settled"]);
});

Deno.test("no difference is two one-sided t-tests at half the family's level", () => {
  // Ten differences of mean 0.05 and SD 0.3. The 97.5 % quantile of t with 9 degrees is 2.262157.
  const base = [-1.5, -1, -0.7, -0.3, -0.1, 0.1, 0.3, 0.7, 1, 1.5];
  const std = pairedDifference(base, base.map(() => 0)).std;
  const differences = base.map((value) => 0.05 + 0.3 * value / std);
  const half = 2.262157 * 0.3 / Math.sqrt(10);
  const { interval, kind } = decideFamily([claim(...differences)], 1)[0]!;
  assertAlmostEquals(interval[0], 0.05 - half, 1e-6);
  assertAlmostEquals(interval[1], 0.05 + half, 1e-6);
  assertEquals(kind, "no difference");
});

Deno.test("a settled difference stays one, even within the margin", () => {
  assertEquals(kindsOf([claim(0.2, 0.21, 0.19)]), ["holds"]);
});

Deno.test("p-values and intervals are adjusted for the planned size, with missing claims as p = 1", () => {
  const one = claim(2.1, 0.9, 1.3, 1.9);
  const p = pOf(one);
  for (const size of [1, 2, 5]) {
    const [decision] = decideFamily([one], size);
    assertAlmostEquals(decision!.adjustedP, size * p, 1e-12);
    assertEquals(decision!.interval, tInterval(one.differences!, 1 - 0.05 / size));
    assertEquals(
      decideFamily([one, MISSING], size + 1),
      decideFamily([one], size + 1).concat(null),
    );
  }
  assert(p < 0.05 / 2 && p > 0.05 / 5, String(p));
  assertEquals([2, 5].map((size) => kindsOf([one], size)), [["holds"], ["not settled"]]);
});

Deno.test("the interval of a settled claim is that of its step, and of all others Bonferroni's", () => {
  const members = [claim(2, 2.1, 1.9, 2), claim(1, 1.6, 0.7, 1.3), claim(0.5, -0.9, 0.7, 0.1)];
  const decisions = decideFamily(members, 3);
  assertEquals(decisions.map((decision) => decision!.kind), ["holds", "holds", "not settled"]);
  const levels = [1 - 0.05 / 3, 1 - 0.05 / 2, 1 - 0.05 / 3];
  decisions.forEach((decision, index) =>
    assertEquals(decision!.interval, tInterval(members[index].differences!, levels[index]))
  );
});

Deno.test("a claim behind one that is not settled is not settled, though its own step would", () => {
  // p of 0.03 and 0.04: the first fails at 0.05/2, which closes the test of the second at 0.05.
  const shaped = (centre: number) => [-0.8, -0.2, 0.1, 0.9].map((value) => centre + value);
  const [first, second] = [claim(...shaped(1.34)), claim(...shaped(1.24))];
  assert(pOf(first) > 0.025 && pOf(first) < pOf(second) && pOf(second) < 0.05);
  assertEquals(kindsOf([second]), ["holds"]);
  assertEquals(kindsOf([first, second]), ["not settled", "not settled"]);
  for (const decision of decideFamily([first, second], 2)) {
    const { interval: [low, high], adjustedP } = decision!;
    assert(low < 0 && high > 0 && adjustedP >= 0.05);
  }
});

Deno.test("decision, interval and adjusted p never disagree", () => {
  const numbers = uniformNumbers(6000, "families");
  const kinds = new Set<string>();
  for (let from = 0; from < 6000; from += 15) {
    const members = [0, 1, 2].map((member) =>
      claim(
        ...[...numbers.subarray(from + 5 * member, from + 5 * member + 5)]
          .map((value) => (from % 400) / 400 * value + 0.9 * numbers[from]),
      )
    );
    const decisions = decideFamily(members, 4);
    const adjusted = holm([...members.map(pOf), 1]);
    decisions.forEach((decision, index) => {
      const { kind, interval: [low, high], adjustedP } = decision!;
      kinds.add(kind);
      assertEquals(adjustedP, adjusted[index]);
      assertEquals(kind === "holds" || kind === "opposite", adjustedP < 0.05);
      assertEquals(kind === "holds", low > 0);
      assertEquals(kind === "opposite", high < 0);
      const isWithin = low > -0.5 && high < 0.5;
      assertEquals(kind === "no difference", adjustedP >= 0.05 && isWithin);
    });
  }
  assertEquals([...kinds].sort(), ["holds", "no difference", "not settled", "opposite"]);
});

Deno.test("a settled claim stays settled when others of its family become testable", () => {
  const settled = claim(2, 2.4, 1.7, 2.1);
  for (const other of [MISSING, claim(9, 9.1, 9.2, 9), claim(0.3, -0.3, 1, -1)]) {
    assertEquals(kindsOf([settled, other], 3)[0], "holds");
  }
});

Deno.test("equal differences have an interval without width: a difference, or none at all", () => {
  assertEquals(kindsOf([claim(1, 1, 1)]), ["holds"]);
  assertEquals(kindsOf([claim(0, 0, 0)]), ["no difference"]);
});

Deno.test("decideFamily() refuses more claims than planned, and a claim with one difference", () => {
  assertThrows(() => decideFamily([MISSING, MISSING], 1), RangeError, "not of 2");
  assertThrows(() => decideFamily([claim(1)], 1), RangeError, "not 1");
  assertEquals(decideFamily([], 2), []);
});
