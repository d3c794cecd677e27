import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { NORMS } from "../../lib/attack/ball.ts";
import { squareAttack } from "../../lib/attack/square.ts";
import { constantClassifier, linearClassifier } from "../classifiers.ts";
import { testClassifier, testImages } from "../networks.ts";
import { uniformNumbers } from "../numbers.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { CLAMP, free, topOf } from "./results.ts";

const random = () => seedrandom("square") as () => number;

/** Computes by how much each row's label leads over all other classes. */
async function leadsOf(logits: tf.Tensor2D, labels: ArrayLike<number>): Promise<number[]> {
  const rows = await logits.array();
  return rows.map((row, i) => row[labels[i]] - Math.max(...row.filter((_, k) => k !== labels[i])));
}

// The search runs on the host: one backend is enough.
onAutomaticBackend(
  "squareAttack() fools more images the more squares it tries, and no lead grows",
  async () => {
    const classifier = testClassifier();
    const images = testImages(16);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    for (const [norm, epsilon] of [["linf", 0.6], ["l2", 2]] as const) {
      const fooled = [];
      let before = new Array(16).fill(Infinity);
      for (const maxSteps of [0, 20, 40]) {
        const options = { norm, epsilon, clamp: CLAMP, maxSteps };
        const result = await squareAttack(classifier, images, { labels }, options, {
          random: random(),
        });
        fooled.push(result.success.filter(Boolean).length);
        const leads = await leadsOf(result.logits, labels);
        // Samples that were there leave, and others share smaller batches, which round differently.
        leads.forEach((lead, i) =>
          assert(lead <= before[i] + 1e-5, `${norm}: from ${before[i]} to ${lead}`)
        );
        before = leads;
        free(result);
      }
      assert(fooled[0] < fooled[2] && fooled[2] < 16, `${norm}: ${fooled}`);
    }
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

onAutomaticBackend(
  "squareAttack() moves each pixel by ε in L∞, and the image by ε in L2",
  async () => {
    const classifier = testClassifier();
    const images = testImages(4);
    const logits = classifier.logits(images);
    const labels = await topOf(logits);
    const before = await images.data();
    for (const norm of NORMS) {
      const options = { norm, epsilon: 0.05, clamp: CLAMP, maxSteps: 30 };
      const result = await squareAttack(classifier, images, { labels }, options, {
        random: random(),
      });
      const moved = (await result.samples.data()).map((pixel, i) => Math.abs(pixel - before[i]));
      const lengths = norm === "linf" ? [...moved] : [...result.norms];
      assert(lengths.every((length) => Math.abs(length - 0.05) < 1e-6), `${norm}: ${lengths}`);
      free(result);
    }
    tf.dispose([images, logits]);
    classifier.dispose();
  },
);

onAutomaticBackend(
  "squareAttack() starts with stripes of a sign in each channel, and tries ever smaller squares",
  async () => {
    const [side, channels, epsilon] = [8, 3, 0.1];
    const seen: Float32Array[] = [];
    const constant = constantClassifier([1, 0]);
    const classifier = {
      ...constant,
      logits(images: tf.Tensor4D) {
        seen.push(images.dataSync<"float32">().slice());
        return constant.logits(images);
      },
    };
    const image = tf.fill([1, side, side, channels], 0.5) as tf.Tensor4D;
    const options = { norm: "linf", epsilon, maxSteps: 60 } as const;
    const result = await squareAttack(classifier, image, { labels: [0] }, options, {
      random: random(),
    });
    const [stripes, ...squares] = seen.map((pixels) =>
      [...pixels].map((pixel) => Math.round((pixel - 0.5) / epsilon))
    );
    const row = stripes.slice(0, side * channels);
    assertEquals(stripes, Array.from({ length: side }, () => row).flat());
    for (let channel = 0; channel < channels; channel++) {
      const signs = row.filter((_, index) => index % channels === channel);
      assertEquals(new Set(signs), new Set([-1, 1]), `channel ${channel}`);
    }
    // No square narrows the lead, so each is put on the stripes. It shows where it differs from them.
    const longest = squares.map((pixels) => {
      const rows = pixels.flatMap((sign, i) =>
        sign === stripes[i] ? [] : [Math.floor(i / row.length)]
      );
      return rows.length === 0 ? 0 : Math.max(...rows) - Math.min(...rows) + 1;
    });
    const most = (from: number, to: number) => Math.max(...longest.slice(from, to));
    // √(0.8 · 64) = 7.2; half and a quarter of the share: 5.1 and 3.6.
    assertEquals([most(0, 11), most(11, 51), most(51, 60)], [7, 5, 4]);
    free(result);
    image.dispose();
  },
);

onAutomaticBackend(
  "squareAttack() breaks every image of a linear classifier that can be broken, without its gradient",
  async () => {
    // A move by ε changes the gap of the two classes by at most ε‖w‖₁ = 8ε.
    const w = [3, -4, 0, 1];
    const classifier = {
      ...linearClassifier(w.flatMap((value) => [value / 2, -value / 2]), [0, 0]),
      pullback: () => {
        throw new Error("it took a gradient");
      },
    };
    const pixels = uniformNumbers(40 * 4, "pixels");
    const images = tf.tensor4d(pixels, [40, 2, 2, 1]);
    const gaps = Array.from(
      { length: 40 },
      (_, i) => w.reduce((sum, value, k) => sum + value * pixels[4 * i + k], 0),
    );
    const labels = gaps.map((gap) => gap >= 0 ? 0 : 1);
    const options = { epsilon: 0.2, clamp: CLAMP, maxSteps: 150 };
    const result = await squareAttack(classifier, images, { labels }, options, {
      random: random(),
    });
    const broken = gaps.map((gap) => Math.abs(gap) < 8 * 0.2);
    assert(broken.includes(true) && broken.includes(false));
    assertEquals(result.success, broken);
    free(result);
    images.dispose();
  },
);
