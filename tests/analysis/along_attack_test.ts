import * as tf from "@tensorflow/tfjs";
import { probabilitiesAlong } from "../../lib/analysis/along_attack.ts";
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
