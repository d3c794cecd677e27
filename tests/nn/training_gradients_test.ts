import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { NetworkOutput } from "../../lib/nn/network.ts";
import { weightedSum } from "../finite_differences.ts";
import { testImages, testNetwork, TINY } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import {
  computedOn,
  onBackendsButCpu,
  onEveryBackend,
  onUsableBackends,
} from "../on_every_backend.ts";
import { valuesOfAll } from "../values_of.ts";
import { assertSlopes } from "./assert_slopes.ts";

/** Depends on the logits and on every stage's feature map. */
function lossOf({ logits, features }: NetworkOutput): tf.Scalar {
  // A map is far larger than the logits, and must not drown them.
  const maps = features.map((map, stage) => tf.div(weightedSum(map, `map ${stage}`), 10));
  return tf.addN([weightedSum(logits), ...maps]) as tf.Scalar;
}

/** Gives what a pass computes: outputs, gradients and moved statistics. */
async function passOf(): Promise<number[][]> {
  const network = testNetwork();
  const values = await valuesOfAll(() => {
    const images = testImages(4);
    const parameters = [...network.parameters.values()];
    const loss = () => lossOf(network.forward(images, { training: true }));
    const { value, grads } = tf.variableGrads(loss, parameters);
    const statistics = [...network.statistics.values()].map((statistic) => tf.clone(statistic));
    const { logits, features } = network.forward(images, { training: true });
    const gradients = parameters.map(({ name }) => grads[name]);
    return [value, logits, ...features, ...statistics, ...gradients];
  });
  network.dispose();
  return values;
}

onBackendsButCpu("outputs and gradients of a loss on logits and maps agree with cpu", async () => {
  const ours = await passOf();
  const reference = await computedOn(passOf);
  ours.forEach((values, index) => assertClose(values, reference[index], 1e-4, `values ${index}`));
});

onEveryBackend("gradients of a loss on logits and maps agree with finite differences", async () => {
  const network = testNetwork();
  const images = testImages(4);
  await assertSlopes(network, images, lossOf);
  tf.dispose(images);
  network.dispose();
});

onUsableBackends("what a loss does not depend on gets no gradient", () => {
  const network = testNetwork();
  const images = testImages(4, TINY);
  const parameters = [...network.parameters.values()];
  const { value, grads } = tf.variableGrads(
    () => weightedSum(network.forward(images, { training: true }).features[1]),
    parameters,
  );
  const reached = [...network.parameters].filter(([, { name }]) => grads[name])
    .map(([name]) => name);
  const expected = [...network.parameters.keys()]
    .filter((name) => !/^(layer3|linear)\./.test(name));
  assertEquals(reached, expected);
  tf.dispose([images, value, ...Object.values(grads).filter(Boolean)]);
  network.dispose();
});
