import { assert, assertEquals } from "@std/assert";
import { claimsOf, listed } from "../../experiments/claims.ts";
import { experiments } from "../../experiments/experiments.ts";
import type { Claim } from "../../lib/runs/claim.ts";
import { labelOf } from "../../lib/runs/overrides.ts";

Deno.test("each claim is listed under the name of an experiment", () => {
  const names = experiments.map(({ name }) => name);
  for (const { claim, alsoIn } of listed) {
    for (const name of [claim.experiment, ...alsoIn]) assert(names.includes(name), name);
  }
});

const claims = [...new Set(experiments.flatMap(({ claims }) => claims))];

Deno.test("each claim is decided by one experiment, which shows it", () => {
  // `precision` asks in float32 what Table 1 asks in bfloat16.
  const keyOf = ({ place, contrast, measure, experiment }: Claim) =>
    JSON.stringify([place, contrast, measure, experiment === "precision"]);
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

Deno.test("the list of claims on the paper's images is this one", () => {
  const listed = claims.filter(({ place }) => place.scale === "paper").map((claim) => {
    const { statement, contrast, place, measure, seeds, family: { name, size } } = claim;
    const sum = contrast.map(({ method, sign, fraction }) =>
      `${sign > 0 ? "+" : "−"} ${method}${fraction === undefined ? "" : ` at ${fraction}`}`
    ).join(" ");
    const { dataset, student, fraction, epochs } = place;
    return `${name} (${size}): ${statement} | ${sum} | ${measure} | ` +
      `${dataset} × ${fraction}, ${student}, ${epochs} epochs, ${seeds.length} seeds`;
  });
  assertEquals(listed.join("\n"), LIST);
});

/** Frozen: a change after the first run would choose what is decided by what came out. */
const LIST = `
primary, a fifth (2): BSS beat training on labels alone | + bss − original | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
primary, all images (2): BSS beat training on labels alone | + bss − original | test_accuracy | cifar10 × 1, resnet8, 80 epochs, 5 seeds
ResNet14, a fifth (2): BSS beat training on labels alone | + bss − original | test_accuracy | cifar10 × 0.2, resnet14, 80 epochs, 3 seeds
primary, a fifth (2): BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
primary, all images (2): BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 1, resnet8, 80 epochs, 5 seeds
ResNet14, a fifth (2): BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 0.2, resnet14, 80 epochs, 3 seeds
table1 (4): BSS beat FitNet | + bss − fitnet | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table1 (4): BSS beat attention transfer | + bss − attention | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table1 (4): BSS beat FSP | + bss − fsp | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table1 (4): BSS beat attention transfer with Hinton's distillation | + bss − attention+hinton | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table2 (6): BSS have a higher top-5 accuracy than FitNet | + bss − fitnet | test_top5_accuracy | tiny-imagenet × 1, resnet10-4stage, 80 epochs, 3 seeds
table2 (6): BSS have a higher top-5 accuracy than FitNet | + bss − fitnet | test_top5_accuracy | imagenet32 × 1, resnet8, 80 epochs, 3 seeds
table2 (6): BSS have a higher top-5 accuracy than FSP | + bss − fsp | test_top5_accuracy | tiny-imagenet × 1, resnet10-4stage, 80 epochs, 3 seeds
table2 (6): BSS have a higher top-5 accuracy than FSP | + bss − fsp | test_top5_accuracy | imagenet32 × 1, resnet8, 80 epochs, 3 seeds
table2 (6): BSS have a higher top-1 accuracy than Hinton's distillation | + bss − hinton | test_accuracy | tiny-imagenet × 1, resnet10-4stage, 80 epochs, 3 seeds
table2 (6): BSS have a higher top-1 accuracy than Hinton's distillation | + bss − hinton | test_accuracy | imagenet32 × 1, resnet8, 80 epochs, 3 seeds
table3 (7): BSS teach more than random noise of the same length | + bss − random noise | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table3 (7): BSS teach more than samples of L2 minimisation | + bss − L2 minimisation | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table3 (7): BSS teach more than samples of L2 minimisation of the same length | + bss − L2 minimisation, as long as BSS | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table3 (7): BSS teach more than FGSM's samples | + bss − FGSM | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table3 (7): BSS teach more than FGSM's samples of the same length | + bss − FGSM, as long as BSS | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table3 (7): BSS teach more than DeepFool's samples | + bss − DeepFool | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table3 (7): BSS teach more than DeepFool's samples of the same length | + bss − DeepFool, as long as BSS | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table4 (4): BSS carry over directions better than Hinton's distillation | + bss − hinton | ang_sim_box | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
table4 (4): BSS bring the boundary's directions nearer to the teacher's | + bss − original | ang_sim_box | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
table4 (4): Hinton's distillation carries over distances | + hinton − original | distance_ratio | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
table4 (4): BSS bring distances nearer to the teacher's than Hinton's distillation | + bss − hinton | distance_ratio | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
table5 (6): Base samples by difference are better than random ones | + bss − base samples at random | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table5 (6): Base samples that differ most are better than all | + bss − all base samples | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table5 (6): Base samples that differ most are better than as many of all | + bss − all base samples, as many attacked | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table5 (6): Target classes by probability are better than random ones | + bss − target class at random | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table5 (6): Target classes by probability are better than the second class | + bss − second class | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
table5 (6): Target classes by probability are better than the least likely | + bss − least likely class | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
figure-data (5): The gain of BSS over labels alone grows as data shrink | + bss at 0.2 − original at 0.2 − bss at 1 + original at 1 | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
figure-data (5): BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 0.4, resnet8, 80 epochs, 3 seeds
figure-data (5): BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 0.6, resnet8, 80 epochs, 3 seeds
figure-data (5): BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 0.2, resnet8, 400 epochs, 3 seeds
figure-data (5): BSS beat training on labels alone | + bss − original | test_accuracy | cifar10 × 0.2, resnet8, 400 epochs, 3 seeds
robustness (2): BSS make a student more robust than labels alone | + bss − original | robust_apgdensemble_linf_1 | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
robustness (2): BSS make a student more robust than Hinton's distillation | + bss − hinton | robust_apgdensemble_linf_1 | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
fidelity (3): With BSS a student agrees with its teacher more often than with Hinton's distillation | + bss − hinton | agreement_test | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
fidelity (3): BSS bring a student's probabilities nearer to its teacher's than Hinton's distillation | + hinton − bss | kl_test | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
fidelity (3): With BSS a student agrees with its teacher on BSS more often than with Hinton's distillation | + bss − hinton | agreement_bss | cifar10 × 0.2, resnet8, 80 epochs, 10 seeds
boundary-step (3): Samples on the boundary teach more than those of the published step | + scale-free step, η = 1 − published step | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
boundary-step (3): Samples on the boundary teach more than those of the published step, both in the pixel box | + scale-free step, η = 1, pixel box − published step, pixel box | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
boundary-step (3): The pixel box is better than the published clamp | + published step, pixel box − published step | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
budget (3): BSS beat Hinton's distillation in as many epochs | + bss − hinton | test_accuracy | cifar10 × 1, resnet8, 20 epochs, 3 seeds
budget (3): BSS beat Hinton's distillation in as many epochs | + bss − hinton | test_accuracy | cifar10 × 1, resnet8, 40 epochs, 3 seeds
budget (3): BSS beat Hinton's distillation in as many epochs | + bss − hinton | test_accuracy | cifar10 × 1, resnet8, 160 epochs, 3 seeds
precision (2): In float32 a student of labels alone is more accurate than in bfloat16 | + original − original, bf16 | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
precision (2): In float32 a student of BSS is more accurate than in bfloat16 | + bss − bss, bf16 | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
float32, a fifth (2): In float32, too, BSS beat training on labels alone | + bss − original | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
float32, a fifth (2): In float32, too, BSS beat Hinton's distillation | + bss − hinton | test_accuracy | cifar10 × 0.2, resnet8, 80 epochs, 5 seeds
temperature-weights (3): A temperature is better than none (T = 1) | + bss − T = 1 | test_accuracy | cifar10 × 1, resnet8, 80 epochs, 3 seeds
temperature-weights (3): The published weight of BSS (β = 2) is better than half of it | + bss − β = 1 | test_accuracy | cifar10 × 1, resnet8, 80 epochs, 3 seeds
temperature-weights (3): The published weight of BSS (β = 2) is better than twice it | + bss − β = 4 | test_accuracy | cifar10 × 1, resnet8, 80 epochs, 3 seeds
`.trim();

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
        (place.scale === "paper" || protocol.epochs === place.epochs)
      );
      const labels = grids.flatMap(({ methods }) => methods.map(labelOf));
      assertEquals(contrast.filter(({ method }) => !labels.includes(method)), []);
      assert(measures.includes(measure), `${measure} is no column of ${name}`);
      // With the paper's images, the command chooses shares, seeds and epochs.
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
