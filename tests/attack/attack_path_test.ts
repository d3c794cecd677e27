import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { attackPath } from "../../lib/attack/attack_path.ts";
import { outcomeShares } from "../../lib/attack/attack.ts";
import { bssAttack } from "../../lib/attack/bss.ts";
import { testClassifier, testImages } from "../networks.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

onUsableBackends("attackPath() starts at the image and ends where the attack ends", async () => {
  const classifier = testClassifier();
  const image = tf.tidy(() => tf.slice(testImages(12), [10], [1]));
  const [base] = await valuesOf(() => tf.argMax(classifier.logits(image), 1));
  const options = { step: "newton", eta: 1.2 } as const;
  const path = await attackPath(classifier, image, base, (base + 1) % 4, options);
  const attack = await bssAttack(classifier, image, {
    labels: [base],
    targets: [(base + 1) % 4],
  }, options);
  assertEquals(path.gaps.length, attack.steps[0] + 1);
  assert(path.gaps[0] > 0 && path.gaps.at(-1)! < path.gaps[0]);
  const values = await path.samples.data();
  assertEquals([...values.slice(0, image.size)], [...await image.data()]);
  assertEquals([...values.slice(-image.size)], [...await attack.samples.data()]);
  tf.dispose([image, path.samples, attack.samples, attack.logits]);
  classifier.dispose();
});

Deno.test("outcomeShares() adds up to 1, and is 0 for no samples", () => {
  const outcomes = [
    "crossed to target",
    "third class",
    "crossed to target",
    "not crossed",
  ] as const;
  assertEquals(Object.values(outcomeShares(outcomes)), [0.5, 0.25, 0.25]);
  assertEquals(Object.values(outcomeShares([])), [0, 0, 0]);
});
