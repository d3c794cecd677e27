import * as tf from "@tensorflow/tfjs";
import { classDifference, classesOf, defineAttack } from "./attack.ts";
import type { AttackClasses } from "./attack_input.ts";
import { chooseRows, mostProbableOthers, rowNorms, scaleRows } from "../tensors/rows.ts";
import { hasArrived, type Stride, walk, type WalkState } from "./walk.ts";
import { boundsOf, integer, number, pixelBounds } from "../options.ts";

/** Added to the distance, as in the original code, so that a step does not end on the boundary. */
const PAST_THE_BOUNDARY = 1e-4;

/** The smallest norm of a gradient to divide by; smaller norms count as zero. */
const TINY = 1e-12;

/**
 * Finds a small L2 perturbation (DeepFool, Moosavi-Dezfooli et al. 2016). Each step linearises the
 * classifier at the sample and goes to the nearest boundary or, with targets, to the boundary
 * between the leading class and the target, until the class has changed. Each step is lengthened by
 * `overshoot` and clamped.
 */
export const deepFoolAttack = defineAttack({
  shortName: "deepfool",
  summary: "to the nearest boundary of the linearised classifier (Moosavi-Dezfooli et al. 2016)",
  options: {
    /** The part of a step past the linearised boundary, relative to the step's length. */
    overshoot: number(0.02, { min: 0 }),
    /** The largest number of steps of a sample */
    maxSteps: integer(50, { max: 10_000 }),
    /** The number of other classes to try, most probable first; each costs a backward pass. */
    candidates: integer(1000, { min: 1 }),
    /** Bounds of the pixels, in the units of the images */
    clamp: pixelBounds([0, 1]),
  },
  units: "pixels",
  // Three steps on average, each with a backward pass for each of nine other classes.
  passes: ({ candidates }) => 3 * (1 + Math.min(candidates, 9)),
  run(classifier, images, classes, settings, { start }) {
    return walk(classifier, {
      start: { x: tf.clone(images) },
      maxSteps: settings.maxSteps,
      arrived: (view) => hasArrived(view, classes),
      stride(batch) {
        const nearest = stepToNearest(batch, classes, settings.candidates);
        const moved = tf.add(batch.state.x, tf.mul(nearest, 1 + settings.overshoot));
        return { x: tf.clipByValue(moved, ...boundsOf(settings.clamp)) as tf.Tensor4D };
      },
    }, start);
  },
});

/** Finds the shortest step to a linearised boundary with another class, `[n, h, w, c]`. */
function stepToNearest(
  { samples, values, logits, toImages }: Stride<WalkState>,
  allClasses: AttackClasses,
  candidates: number,
): tf.Tensor4D {
  const classes = logits.shape[1];
  const { labels, targets } = classesOf(allClasses, samples);
  // A target has to pass the class that leads, which may be a third one by now.
  const from = targets
    ? mostProbableOthers(values, classes, targets).map(([leader]) => leader)
    : labels;
  const others = targets
    ? targets.map((target) => [target])
    : mostProbableOthers(values, classes, from);
  let shortest: { readonly length: tf.Tensor1D; readonly step: tf.Tensor4D } | undefined;
  for (let rank = 0; rank < Math.min(candidates, others[0].length); rank++) {
    const to = others.map((row) => row[rank]);
    const gaps = to.map((k, row) => values[row * classes + k] - values[row * classes + from[row]]);
    const previous = shortest;
    const next = tf.tidy(() => {
      const gradient = toImages(classDifference(to, from, classes));
      const slope = rowNorms(gradient);
      const norm = tf.maximum(slope, TINY) as tf.Tensor1D;
      const distance = tf.add(tf.div(tf.abs(tf.tensor1d(gaps)), norm), PAST_THE_BOUNDARY);
      // A gradient of zero has no boundary; it gives a step of zero, if no other class has one.
      const hasBoundary = tf.greater(slope, TINY);
      const length = tf.where(hasBoundary, distance, Infinity) as tf.Tensor1D;
      const factor = tf.where(hasBoundary, tf.div(distance, norm), 0) as tf.Tensor1D;
      const step = scaleRows(gradient, factor);
      if (!previous) return { length, step };
      const isShorter = tf.less(length, previous.length) as tf.Tensor1D;
      return {
        length: tf.where(isShorter, length, previous.length) as tf.Tensor1D,
        step: chooseRows(isShorter, step, previous.step),
      };
    });
    if (previous) tf.dispose([previous.length, previous.step]);
    shortest = next;
  }
  return shortest!.step;
}
