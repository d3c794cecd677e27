import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { createRegressor, hintLoss, regress } from "../../lib/distillation/fitnet.ts";
import { checkGradients } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { computedOn, onUsableBackends } from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { featureMap } from "./feature_maps.ts";

const random = () => seedrandom("regressor") as () => number;

async function weightsOf(inChannels: number, outChannels: number): Promise<Float32Array> {
  const regressor = createRegressor(inChannels, outChannels, random());
  const weights = (await regressor.get("regressor.weight")!.data<"float32">()).slice();
  tf.dispose([...regressor.values()]);
  return weights;
}

onUsableBackends("regress() is a matrix product at each position, plus a bias", async () => {
  const regressor = createRegressor(3, 5, random());
  const [values, expected] = await valuesOfAll(() => {
    const map = featureMap("map", [4, 2, 3]);
    const [filter, bias] = [...regressor.values()];
    bias.assign(tf.range(0, 5));
    const rows = tf.matMul(map.reshape([16, 3]), filter.reshape([3, 5]));
    return [regress(map, regressor), tf.add(rows, tf.range(0, 5))];
  });
  assertClose(values, expected, 1e-5);
  tf.dispose([...regressor.values()]);
});

onUsableBackends(
  "a hint through a regressor has gradients that agree with finite differences",
  async () => {
    await checkGradients(
      (map, weight, bias) => {
        const teacher = featureMap("teacher", [4, 2, 5]);
        const moved = new Map([["regressor.weight", weight], ["regressor.bias", bias]]);
        return hintLoss(teacher, regress(map as tf.Tensor4D, moved as never));
      },
      () => [featureMap("student", [4, 2, 3]), ...createRegressor(3, 5, random()).values()],
      { step: 0.1 },
    );
  },
);

Deno.test("createRegressor() gives the same weights on every backend, with the variance of He et al.", async () => {
  const weights = await computedOn(() => weightsOf(64, 64), "wasm");
  assertEquals(weights, await computedOn(() => weightsOf(64, 64), "cpu"));
  const variance = weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length;
  assert(Math.abs(variance / (2 / 64) - 1) < 0.1, `variance ${variance}`);
});
