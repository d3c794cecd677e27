import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { activationLoss } from "../../lib/distillation/activation_boundaries.ts";
import { UserError } from "../../lib/user_error.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { featureMap } from "./feature_maps.ts";
import { lossesOf, oneStep, stateFor, testTeacher } from "./one_step.ts";

const ACTIVATION = { name: "activation", epochs: 2 };
const TRAIN = { name: "train", epochs: 4 };

onUsableBackends("activationLoss() is zero past the margin on the teacher's side", async () => {
  const [losses] = await valuesOfAll(() => {
    const teacher = tf.tensor4d([0.2, 3, 0, -1], [2, 1, 1, 2]);
    const of = (...student: number[]) =>
      activationLoss(teacher, tf.tensor4d(student, [2, 1, 1, 2]), 1) as tf.Tensor;
    return [tf.stack([
      of(1, 5, -1, -7),
      of(0.5, 5, -1, -7),
      of(1, 5, 0.5, -7),
      of(-1, 5, -1, 2),
    ])];
  });
  assertClose(losses, [0, 0.25, 2.25, 4 + 9].map((sum) => sum / 4), 1e-6);
});

onUsableBackends("activationLoss() does not depend on the ReLU of the teacher", async () => {
  const [before, after] = await valuesOfAll(() => {
    const [teacher, student] = [featureMap("teacher", [4, 4, 3]), featureMap("student", [4, 4, 3])];
    return [teacher, tf.relu(teacher)].map((map) => activationLoss(map, student, 0.5));
  });
  assertEquals(before, after);
});

onUsableBackends(
  "activationLoss() has a gradient that agrees with finite differences",
  async () => {
    await checkGradients(
      (student) => activationLoss(featureMap("teacher", [3, 4, 5]), student as tf.Tensor4D, 0.5),
      () => [featureMap("student", [3, 4, 5])],
    );
  },
);

Deno.test("activationLoss() names the sizes of maps that cannot be compared", () => {
  tf.tidy(() => {
    const [a, b] = [featureMap("a", [4, 4, 3]), featureMap("b", [8, 8, 3])];
    assertThrows(() => activationLoss(a, b, 1), UserError, "4×4 and 8×8");
  });
});

onFastBackends(
  "activation-boundaries' first stage has only the activations of all stages, with their weight",
  async () => {
    const loss = async (activationWeight: number) => {
      const losses = await lossesOf("activation-boundaries", ACTIVATION, {
        options: { activationWeight },
      });
      assertEquals(Object.keys(losses), ["activation"]);
      return losses.activation;
    };
    // With a margin of 10⁴, a response of each of the three stages costs about 10⁸.
    const { activation } = await lossesOf("activation-boundaries", ACTIVATION, {
      options: { activationWeight: 1e-8, margin: 1e4 },
    });
    assertClose([activation], [3], 1e-2);
    assertClose([await loss(30)], [10 * await loss(3)], 1e-4);
  },
);

onFastBackends(
  "activation-boundaries' first stage compares responses before a ReLU",
  async () => {
    const loss = async (margin: number) =>
      (await lossesOf("activation-boundaries", ACTIVATION, {
        options: { activationWeight: 1, margin },
      })).activation;
    // Past all responses s, a stage has the loss μ² − 2μ·mean(±s) + mean(s²). The normalised responses
    // have a mean square of 1 or more.
    const [first, second] = [await loss(10) - 3 * 10 ** 2, await loss(20) - 3 * 20 ** 2];
    assert(2 * first - second > 2.95);
  },
);

onFastBackends(
  "activation-boundaries' first stage trains all but the last layer, and its second no connector",
  async () => {
    const teacher = testTeacher();
    const state = stateFor("activation-boundaries", teacher);
    const moved = async (stage: typeof TRAIN) => {
      const { gradients } = await oneStep("activation-boundaries", { state, teacher, stage });
      return [...gradients.keys()].sort();
    };
    const names = [...state.trained.keys()].sort();
    const [own, ofStudent] = [true, false].map((isOwn) =>
      names.filter((name) => name.startsWith("method/") === isOwn)
    );
    assertEquals(await moved(ACTIVATION), names.filter((name) => !name.startsWith("linear")));
    assertEquals(await moved(TRAIN), ofStudent);
    assertEquals(own.length, 9);
    state.dispose();
    teacher.dispose();
  },
);

onFastBackends("activation-boundaries' second stage has the terms of hinton", async () => {
  const losses = await lossesOf("activation-boundaries", TRAIN);
  assertEquals(losses, await lossesOf("hinton", TRAIN));
});
