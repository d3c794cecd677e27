import { assert, assertEquals } from "@std/assert";
import { claimsOf } from "../../experiments/claims.ts";
import { experiments } from "../../experiments/experiments.ts";
import type { Claim } from "../../lib/runs/experiment.ts";
import { labelOf } from "../../lib/runs/overrides.ts";

const claims = [...new Set(experiments.flatMap(({ claims }) => claims))];

Deno.test("each claim is decided by one experiment, which shows it", () => {
  const keyOf = ({ place, contrast, measure }: Claim) => JSON.stringify([place, contrast, measure]);
  assertEquals(new Set(claims.map(keyOf)).size, claims.length);
  for (const { experiment, statement } of claims) {
    assert(
      claimsOf(experiment).some((claim) => claim.statement === statement),
      `${experiment}: ${statement}`,
    );
    assert(experiments.some(({ name }) => name === experiment), experiment);
  }
});

Deno.test("the size of a family is its number of claims, of one experiment at one scale", () => {
  for (const [name, family] of Map.groupBy(claims, ({ family }) => family.name)) {
    assertEquals(new Set(family.map(({ family }) => family.size)), new Set([family.length]), name);
    const places = family.map(({ experiment, place }) => `${experiment} ${place.scale}`);
    assertEquals(new Set(places).size, 1, name);
  }
});

Deno.test("the primary families are the two main claims, with ten seeds on a fifth and five on all", () => {
  const primary = claims.filter(({ family }) => family.name.startsWith("primary"));
  assertEquals(
    primary.map(({ statement, place: { fraction, dataset, student }, seeds, family }) =>
      [statement, dataset, student, fraction, seeds.length, family.name, family.size].join("; ")
    ),
    [
      "BSS beat training on labels alone; cifar10; resnet8; 0.2; 10; primary, a fifth; 2",
      "BSS beat training on labels alone; cifar10; resnet8; 1; 5; primary, all images; 2",
      "BSS beat Hinton's distillation; cifar10; resnet8; 0.2; 10; primary, a fifth; 2",
      "BSS beat Hinton's distillation; cifar10; resnet8; 1; 5; primary, all images; 2",
    ],
  );
  for (const { experiment, measure, margin, seeds } of primary) {
    assertEquals([experiment, measure, margin], ["table1", "test_accuracy", 0.5]);
    assertEquals(seeds, seeds.map((_, index) => index + 1));
  }
});

Deno.test("the other claims on the paper's images have these families and seeds", () => {
  const others = claims.filter(({ place, family }) =>
    place.scale === "paper" && !family.name.startsWith("primary")
  );
  const families = Map.groupBy(others, ({ family }) => family.name);
  const text = ({ seeds, place }: Claim) => `${seeds.length} at ${100 * place.fraction} %`;
  assertEquals(
    [...families].map(([name, family]) =>
      `${name}: ${[...Map.groupBy(family, text)].map(([of, { length }]) => `${length} × ${of}`)}`
    ),
    [
      "table1: 3 × 5 at 20 %",
      "table2: 6 × 3 at 100 %",
      "table3: 4 × 5 at 20 %",
      "table4: 4 × 10 at 20 %",
      "table5: 5 × 5 at 20 %",
      "figure-data: 1 × 5 at 20 %,1 × 3 at 40 %,1 × 3 at 60 %",
      "robustness: 2 × 10 at 20 %",
      "boundary-step: 1 × 5 at 20 %",
      "budget: 3 × 3 at 100 %",
      "temperature-weights: 3 × 3 at 100 %",
    ],
  );
});

Deno.test("only accuracies have a margin", () => {
  for (const { measure, margin } of claims) {
    assertEquals(margin, /^test_(top5_)?accuracy$/.test(measure) ? 0.5 : null);
  }
});

for (const { name, claims, scales, measures } of experiments) {
  Deno.test(`claims of ${name} are about methods that it has at every scale`, () => {
    for (const claim of claims.filter(({ experiment }) => experiment === name)) {
      const { contrast, place, measure } = claim;
      const grids = scales[place.scale].filter(({ dataset, students, protocol }) =>
        dataset === place.dataset && students.includes(place.student) &&
        (protocol.epochs ?? 80) === place.epochs
      );
      const labels = grids.flatMap(({ methods }) => methods.map(labelOf));
      assertEquals(contrast.filter(({ method }) => !labels.includes(method)), []);
      assert(measures.includes(measure), `${measure} is no column of ${name}`);
      // Of the paper's images, the command chooses the shares.
      if (place.scale === "paper") continue;
      const shares = grids.flatMap(({ fractions }) => fractions);
      for (const { fraction = place.fraction } of contrast) {
        assert(shares.includes(fraction), `${name} has no share of ${fraction} at ${place.scale}`);
      }
      if (place.scale === "smoke") continue; // two seeds are enough to see that it runs
      const planned = grids.flatMap(({ seeds }) => seeds);
      assertEquals(claim.seeds.filter((seed) => !planned.includes(seed)), []);
    }
  });
}
