import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { probabilitiesAlong } from "../../lib/analysis/along_attack.ts";
import { UserError } from "../../lib/user_error.ts";
import { linearClassifier } from "../classifiers.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";

// Logits (x, 0) of images with one pixel x: class 0 has the probability 1 / (1 + e^−x).
const classifier = linearClassifier([1, 0], [0, 0]);
const probability = (x: number) => 1 / (1 + Math.exp(-x));

onUsableBackends(
  "probabilitiesAlong() goes from each image to its sample and beyond, in the image's class",
  async () => {
    const base = tf.tensor4d([2, -3], [2, 1, 1, 1]);
    const samples = tf.tensor4d([0, 1], [2, 1, 1, 1]);
    const found = await probabilitiesAlong(classifier, base, samples, [0, 1], [0, 0.5, 1, 2]);
    assertClose(
      found.flat(),
      [2, 3, 1, 1, 0, -1, -2, -5].map(probability),
      1e-6,
      "probabilities",
    );
    tf.dispose([base, samples]);
  },
);

onUsableBackends(
  "probabilitiesAlong() refuses samples or labels that images do not have, and takes no images",
  async () => {
    const base = tf.zeros([2, 1, 1, 1]) as tf.Tensor4D;
    const one = tf.zeros([1, 1, 1, 1]) as tf.Tensor4D;
    for (const [samples, labels] of [[one, [0, 1]], [base, [0]]] as const) {
      await assertRejects(
        () => probabilitiesAlong(classifier, base, samples, labels, [0]),
        UserError,
        "do not belong to images of shape [2,1,1,1]",
      );
    }
    await assertRejects(
      () => probabilitiesAlong(classifier, base, base, [2, 0], [0]),
      UserError,
      "class 2; give a class from 0 to 1",
    );
    const none = tf.zeros([0, 1, 1, 1]) as tf.Tensor4D;
    assertEquals(await probabilitiesAlong(classifier, none, none, [], [0, 1]), [[], []]);
    tf.dispose([base, one, none]);
  },
);
