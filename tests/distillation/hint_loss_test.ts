import { assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { hintLoss } from "../../lib/distillation/fitnet.ts";
import { UserError } from "../../lib/user_error.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";
import { featureMap } from "./feature_maps.ts";

onUsableBackends("hintLoss() is half the mean squared difference", async () => {
  const loss = await valuesOf(() => {
    const teacher = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
    const student = tf.tensor4d([1, 0, 3, 7], [1, 2, 1, 2]);
    return hintLoss(teacher, student);
  });
  assertClose(loss, [(4 + 9) / 4 / 2], 1e-6);
});

onUsableBackends("hintLoss() has a gradient that agrees with finite differences", async () => {
  await checkGradients(
    (student) => hintLoss(featureMap("teacher", [3, 4, 5]), student as tf.Tensor4D),
    () => [featureMap("student", [3, 4, 5])],
    { step: 0.1 },
  );
});

Deno.test("hintLoss() names the sizes of maps that cannot be compared", () => {
  tf.tidy(() => {
    const [a, b] = [featureMap("a", [4, 4, 3]), featureMap("b", [8, 8, 3])];
    assertThrows(() => hintLoss(a, b), UserError, "4×4 and 8×8");
  });
});
