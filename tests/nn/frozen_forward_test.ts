import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Layers } from "../../lib/nn/architecture.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import { onBfloat16 } from "../backend/onednn/on_onednn.ts";
import { testImages, testNetwork, TINY } from "../networks.ts";
import { assertClose } from "../numbers.ts";
import { onEveryBackend } from "../on_every_backend.ts";

onEveryBackend(
  "a frozen network has the logits and feature maps of the network itself",
  async () => {
    const wide = { family: "wrn", depth: 16, width: 1 } as const;
    const coloured = { depth: 14, channels: 3 };
    const all: (Layers & { channels?: number })[] = [
      { depth: 8 },
      coloured,
      { depth: 8, width: 4 },
      wide,
    ];
    for (const layers of all) {
      const network = testNetwork({ ...TINY, ...layers });
      const frozen = freeze(network);
      // 37 is larger than a slice, and is no power of two.
      for (const count of layers.width || layers.depth > 8 ? [3] : [1, 37]) {
        const images = testImages(count, network.architecture);
        const expected = tf.tidy(() => {
          const { logits, features } = network.forward(images, { training: false });
          return [logits, ...features];
        });
        const { logits, features } = frozen.forward(images);
        const actual = [logits, ...features];
        assertEquals(actual.map(({ shape }) => shape), expected.map(({ shape }) => shape));
        for (const [k, tensor] of actual.entries()) {
          assertClose(await tensor.data(), await expected[k].data(), 1e-5, `output ${k}`);
        }
        tf.dispose([images, ...actual, ...expected]);
      }
      frozen.dispose();
      network.dispose();
    }
  },
);

onBfloat16("a frozen network in bfloat16 returns logits and features as float32", async () => {
  const network = testNetwork();
  const images = testImages(5);
  const [exact, rounded] = [freeze(network), freeze(network, { precision: "bf16" })];
  const [reference, output] = [exact, rounded].map((frozen) => frozen.forward(images));
  for (const [stage, map] of output.features.entries()) {
    assertEquals(map.dtype, "float32");
    assertClose(await map.data(), await reference.features[stage].data(), 5e-2);
  }
  assertEquals(output.logits.dtype, "float32");
  tf.dispose([
    images,
    ...[reference, output].flatMap(({ logits, features }) => [logits, ...features]),
  ]);
  for (const held of [exact, rounded, network]) held.dispose();
});
