import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { attacks } from "../../lib/attack/attacks.ts";
import { type DistillationMethod, resolveMethodOptions } from "../../lib/distillation/method.ts";
import { bss } from "../../lib/distillation/bss.ts";
import { UserError } from "../../lib/user_error.ts";
import type { EpochRow } from "../../lib/training/epoch_row.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { oneStep, stateFor, testTeacher } from "./one_step.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";

/** Options that make the attacks short. */
const SHORT: Record<string, Record<string, unknown>> = {
  bss: { step: "newton", eta: 1.2 },
  noise: { step: "newton", eta: 1.2 },
  pgd: { maxSteps: 3 },
  deepfool: { maxSteps: 5 },
  "carlini-wagner": { searchSteps: 2, maxSteps: 5 },
  apgd: { maxSteps: 5 },
  fab: { maxSteps: 3, candidates: 2 },
  square: { maxSteps: 5 },
};

const specificationFor = (attack: string, options: Record<string, unknown> = {}) => ({
  ...smallSpecification("original"),
  teacher: { name: "random", hash: "0" },
  method: "bss",
  options: resolveMethodOptions(bss as unknown as DistillationMethod, {
    attack,
    baseSamples: 4,
    ...SHORT[attack],
    ...options,
  }),
});

for (const { shortName } of attacks) {
  onFastBackends(
    `bss trains a student on the samples of the ${shortName} attack`,
    async (backend) => {
      const specification = specificationFor(shortName);
      const { rows, weights } = await outcomeOf(specification, backend);
      const attacked = rows.reduce((sum, row) => sum + Number(row.attacked), 0);
      assert(attacked > 0);
      const [first] = rows.filter((row) => Number(row.attacked) > 0);
      assert(Number(first.loss_boundary) > 0);
      const shares = ["crossed_to_target", "third_class", "not_crossed"]
        .map((outcome) => Number(first[`share_${outcome}`]));
      assertEquals(Math.round(100 * shares.reduce((sum, share) => sum + share)), 100);
      const again = await outcomeOf(specification, backend);
      assertEquals(again.weights, weights);
    },
  );
}

onFastBackends(
  "bss with an untargeted attack goes for target classes if targeted is true",
  async (backend) => {
    const outcome = async (targeted: boolean) => {
      const specification = specificationFor("fgsm", { targeted, epsilon: 0.2 });
      return (await outcomeOf(specification, backend)).rows[0];
    };
    const [free, bound] = [await outcome(false), await outcome(true)];
    // Without targets, every other class counts as the target.
    assertEquals(free.share_third_class, 0);
    assert(Number(bound.share_crossed_to_target) <= Number(free.share_crossed_to_target));
    assertNotEquals(bound.loss_boundary, free.loss_boundary);
  },
);

/** Takes one step of bss, which attacks a single image, and gives the epoch's row. */
async function stepWith(options: Record<string, unknown>): Promise<EpochRow> {
  const teacher = testTeacher();
  const state = stateFor("bss", teacher);
  try {
    const stage = { name: "train", epochs: 4 };
    const given = { targetRule: "second", ...options };
    return (await oneStep("bss", { state, teacher, stage, options: given })).row;
  } finally {
    state.dispose();
    teacher.dispose();
  }
}

onFastBackends("samples of another attack may be as long as the paper's", async () => {
  const bss = await stepWith({ step: "newton", eta: 0.1 });
  const own = await stepWith({ attack: "fgsm" });
  const asLong = { attack: "fgsm", length: "bss", bssStep: "newton" };
  const short = await stepWith({ ...asLong, bssEta: 0.1 });
  const length = ({ mean_perturbation_norm: norm }: EpochRow) => Number(norm);
  assertClose([length(short)], [length(bss)], 1e-4, "length");
  assert(Math.abs(length(own) - length(bss)) > 0.1 * length(bss));
  assertNotEquals(short.loss_boundary, own.loss_boundary);
  assertNotEquals(short.loss_boundary, bss.loss_boundary);
  // The length is that of BSS of the drawn class, which an attack without targets does not go for.
  const leastLikely = { targetRule: "least likely" };
  const far = await stepWith({ step: "newton", eta: 0.1, ...leastLikely });
  const asFar = await stepWith({ ...asLong, bssEta: 0.1, ...leastLikely });
  assert(length(far) > 1.01 * length(bss));
  assertClose([length(asFar)], [length(far)], 1e-4, "length");
  // A tenth of the way to the boundary crosses it in no direction.
  assertEquals(short.share_not_crossed, 1);
  assert(Number(short.teacher_images) > Number(own.teacher_images));
});

onFastBackends("the outcome of a sample is that at the length of the paper's", async () => {
  const far = { attack: "fgsm", epsilon: 1 };
  assertEquals((await stepWith(far)).share_not_crossed, 0);
  const asShort = { ...far, length: "bss", bssStep: "newton", bssEta: 0.1 };
  assertEquals((await stepWith(asShort)).share_not_crossed, 1);
  // The paper's attack has a target class, but another class counts as much without targets.
  const asLong = { ...asShort, bssEta: 5, targetRule: "least likely" };
  const outcomes = async (targeted: boolean) => {
    const row = await stepWith({ ...asLong, targeted });
    return [row.share_not_crossed, row.share_third_class, row.share_crossed_to_target];
  };
  assertEquals(await outcomes(false), [0, 0, 1]);
  assertEquals(await outcomes(true), [0, 1, 0]);
});

Deno.test("bss has the length of its attack unless it is told otherwise", () => {
  const method = bss as unknown as DistillationMethod;
  const own = resolveMethodOptions(method, { attack: "fgsm" });
  assertEquals(resolveMethodOptions(method, { attack: "fgsm", length: "own" }), own);
  assertEquals(Object.keys(own).includes("length"), false);
  const { length, bssStep, bssEta } = resolveMethodOptions(method, {
    attack: "fgsm",
    length: "bss",
  });
  assertEquals([length, bssStep, bssEta], ["bss", "published", 0.3]);
  const refused = (options: Record<string, unknown>, message: string) =>
    assertThrows(() => resolveMethodOptions(method, options), UserError, message);
  refused({ attack: "fgsm", bssEta: 1 }, 'bss has no option "bssEta"');
  refused({ attack: "fgsm", length: "given" }, "one of own, bss");
  refused({ length: "bss" }, 'bss has no option "length"');
  assert(
    method.passes({ ...own, length: "bss", bssStep, bssEta }, 256, "train").teacher >
      method.passes(own, 256, "train").teacher,
  );
});

Deno.test("bss has the options of its attack, and no others", () => {
  const method = bss as unknown as DistillationMethod;
  const own = resolveMethodOptions(method);
  assertEquals(Object.keys(own).includes("attack"), false);
  assertEquals(resolveMethodOptions(method, { attack: "bss" }), own);
  const deepfool = resolveMethodOptions(method, { attack: "deepfool" });
  assertEquals([deepfool.attack, deepfool.maxSteps, deepfool.targeted], ["deepfool", 50, false]);
  assertThrows(
    () => resolveMethodOptions(method, { attack: "deepfool", eta: 1 }),
    UserError,
    'bss has no option "eta"; it has overshoot',
  );
  assertThrows(() => resolveMethodOptions(method, { attack: "deepfol" }), UserError, "choose from");
});
