import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { hintLoss } from "../../lib/distillation/hint_loss.ts";
import { createRegressor, regress } from "../../lib/distillation/regressor.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { computedOn, onEveryBackend } from "../on_every_backend.ts";
import { featureMap } from "./feature_maps.ts";

const random = () => seedrandom("regressor") as () => number;

function weightsOf(inChannels: number, outChannels: number): Promise<Float32Array> {
  const regressor = createRegressor(inChannels, outChannels, random());
  const weights = regressor.get("regressor.weight")!.dataSync<"float32">().slice();
  tf.dispose([...regressor.values()]);
  return Promise.resolve(weights);
}

onEveryBackend("regress() is a matrix product at each position, and a bias", () => {
  const regressor = createRegressor(3, 5, random());
  tf.tidy(() => {
    const map = featureMap("map", [4, 2, 3]);
    const [filter, bias] = [...regressor.values()];
    bias.assign(tf.range(0, 5));
    const rows = tf.matMul(map.reshape([16, 3]), filter.reshape([3, 5]));
    const expected = tf.add(rows, tf.range(0, 5)).dataSync();
    assertClose(regress(map, regressor).dataSync(), expected, 1e-5);
  });
  tf.dispose([...regressor.values()]);
});

onEveryBackend(
  "a hint through a regressor has gradients that agree with finite differences",
  () => {
    const regressor = createRegressor(3, 5, random());
    tf.tidy(() => {
      const teacher = featureMap("teacher", [4, 2, 5]);
      checkGradients(
        (map, weight, bias) => {
          const moved = new Map([["regressor.weight", weight], ["regressor.bias", bias]]);
          return hintLoss(teacher, regress(map as tf.Tensor4D, moved as never));
        },
        [featureMap("student", [4, 2, 3]), ...regressor.values()],
        { step: 0.1 },
      );
    });
    tf.dispose([...regressor.values()]);
  },
);

Deno.test("createRegressor() gives the same weights on every backend, with the variance of He et al.", async () => {
  const weights = await computedOn(() => weightsOf(64, 64), "wasm");
  assertEquals(weights, await computedOn(() => weightsOf(64, 64), "cpu"));
  const variance = weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length;
  assert(Math.abs(variance / (2 / 64) - 1) < 0.1, `variance ${variance}`);
});
