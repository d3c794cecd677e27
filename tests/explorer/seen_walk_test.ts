import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { bssAttack } from "../../lib/attack/bss.ts";
import { type SeenStep, seenWalk } from "../../lib/explorer/page/seen_walk.ts";
import { testClassifier, testImages, TINY } from "../networks.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

onAutomaticBackend("seenWalk() shows all networks the samples of the BSS attack", async () => {
  const networks = [testClassifier(), testClassifier(TINY, "student")];
  const image = tf.tidy(() => tf.slice(testImages(12), [10], [1]));
  const [base] = await valuesOf(() => tf.argMax(networks[0].logits(image), 1));
  const target = (base + 1) % 4;
  const options = { step: "newton", eta: 0.5, maxSteps: 5 } as const;
  const steps = await Array.fromAsync(seenWalk({ networks, image, base, target, options }));
  assert(steps.length > 2, "the walk is too short to tell");
  for (const [step, { sample, logits }] of steps.entries()) {
    const classes = { labels: [base], targets: [target] };
    const attack = await bssAttack(networks[0], image, classes, { ...options, maxSteps: step });
    assertEquals(sample, await attack.samples.data());
    const seen = tf.tidy(() => networks[1].logits(attack.samples));
    assertEquals(logits, [await attack.logits.data<"float32">(), await seen.data<"float32">()]);
    tf.dispose([attack.samples, attack.logits, seen]);
  }
  // A reader who changes an option ends the walk early.
  let first: SeenStep | undefined;
  for await (const step of seenWalk({ networks, image, base, target, options })) {
    first = step;
    break;
  }
  assertEquals(first, steps[0]);
  image.dispose();
  for (const network of networks) network.dispose();
});
