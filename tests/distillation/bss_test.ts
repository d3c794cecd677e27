import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { bssAttack, type BssAttackOptions } from "../../lib/attack/bss.ts";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { UserError } from "../../lib/user_error.ts";
import { testImages } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";
import { valuesOf } from "../values_of.ts";
import { lossesOf, testStudent, testTeacher } from "./one_step.ts";
import { probabilitiesOf } from "./plain_divergence.ts";

const STAGE = { name: "train", epochs: 4 };
const STEP = { step: "newton", eta: 1.2 } as const;

onFastBackends(
  "bss has the terms of hinton and a boundary term",
  async () => {
    const bss = await lossesOf("bss", STAGE, { options: STEP });
    const { boundary, ...others } = bss;
    assert(boundary > 0);
    const hinton = await lossesOf("hinton", STAGE);
    assertEquals(Object.keys(others), Object.keys(hinton));
    assertClose(Object.values(others), Object.values(hinton), 1e-5);
  },
);

/** Computes `J(t(x̊)/3, s(x̊)/3)` in plain numbers, for the only base sample. */
async function boundaryByHand(attack: Partial<BssAttackOptions>): Promise<number> {
  const [teacher, student] = [testTeacher(), testStudent()];
  const image = tf.tidy(() => tf.slice(testImages(8), [2], [1])) as tf.Tensor4D;
  const ofClass = await valuesOf(() => teacher.logits(image));
  const others = [0, 1, 2].toSorted((a, b) => ofClass[b] - ofClass[a]);
  const classes = { labels: [3], targets: [others[0]] };
  const { samples, logits } = await bssAttack(teacher, image, classes, attack);
  const [p] = await probabilitiesOf(logits, 3);
  const output = tf.tidy(() => student.forward(samples, { training: true }).logits);
  const [q] = await probabilitiesOf(output, 3);
  tf.dispose([image, samples, logits, output]);
  teacher.dispose();
  student.dispose();
  return -p.reduce((sum, value, k) => sum + value * Math.log(q[k]), 0);
}

onFastBackends(
  "the boundary term is the soft cross-entropy on the samples of the attack",
  async () => {
    const options = { ...STEP, targetRule: "second" };
    const { boundary } = await lossesOf("bss", STAGE, { options });
    // β(1) = 2 (1 − 4/12)
    assertClose([boundary], [4 / 3 * await boundaryByHand(STEP)], 1e-4);
  },
);

onFastBackends(
  "a sample that did not reach its target has no boundary term in the mode of the text",
  async () => {
    const boundary = async (options: Record<string, unknown>) =>
      (await lossesOf("bss", STAGE, { options: { ...options, targetRule: "second" } })).boundary;
    const short = { ...STEP, eta: 0.001, maxSteps: 1 };
    assert(await boundary(short) > 0);
    assertEquals(await boundary({ ...short, mode: "paper" }), undefined);
    assertEquals(await boundary({ ...STEP, mode: "paper" }), await boundary(STEP));
  },
);

onFastBackends(
  "the boundary term is proportional to β, and zero in the last quarter",
  async () => {
    const boundary = async (beta: number, epoch = 1) =>
      (await lossesOf("bss", STAGE, { epoch, options: { ...STEP, beta } })).boundary;
    const usual = (await lossesOf("bss", STAGE, { options: STEP })).boundary;
    assertClose([await boundary(2), await boundary(5)], [usual, 2.5 * usual], 1e-5);
    assertEquals([await boundary(5, 3), await boundary(5, 4)], [undefined, undefined]);
  },
);

onFastBackends("bss with β = 0 trains as hinton does, bit for bit", async (backend) => {
  const without = smallSpecification("bss", { options: { beta: 0 } });
  const [a, b] = [
    await outcomeOf(without, backend),
    await outcomeOf(smallSpecification("hinton"), backend),
  ];
  assertEquals(a, b);
});

Deno.test("β = 2 is the default for every attack, and is left out of the options", () => {
  for (const name of ["bss", "fsp+bss"]) {
    const method = methodNamed(name);
    assertEquals(resolveMethodOptions(method, { beta: 2 }), resolveMethodOptions(method));
    const options = resolveMethodOptions(method, { attack: "deepfool", beta: 0.5 });
    assertEquals([options.attack, options.beta], ["deepfool", 0.5]);
    assertThrows(() => resolveMethodOptions(method, { beta: -1 }), UserError, '"beta" is -1');
  }
});

Deno.test("bss with β = 0 costs as much as hinton, and bss without a limit as much as attacking every image", () => {
  const passes = (name: string, options = {}) => {
    const method = methodNamed(name);
    return method.passes(resolveMethodOptions(method, options), 256, "train");
  };
  assertEquals(passes("bss", { beta: 0 }), passes("hinton"));
  assert(passes("bss").teacher > passes("hinton").teacher);
  assertEquals(passes("bss", { baseRule: "all" }), passes("bss", { baseSamples: 256 }));
  assert(passes("bss", { baseRule: "all" }).teacher > passes("bss").teacher);
});
