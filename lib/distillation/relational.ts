import * as tf from "@tensorflow/tfjs";
import { defineMethod } from "./method.ts";
import { number } from "../options.ts";
import { averageOverPositions, featureStep, lengths, stageAt } from "./shared.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { withGradient } from "../tensors/with_gradient.ts";

const options = {
  /** λ_D, the weight of the distances, for classification in the paper */
  distanceWeight: number(25, { min: 0 }),
  /** λ_A, the weight of the angles, for classification in the paper */
  angleWeight: number(50, { min: 0 }),
};

/**
 * Relational knowledge distillation (Park et al. 2019): cross-entropy, and how the images of a
 * mini-batch lie to each other in the last stage, averaged over positions: the distance of each pair
 * and the angle of each triple. The angles of n images are n³ numbers.
 *
 * Deviation from their paper: epochs, batch size and learning rate are those of the other methods here.
 */
export const relational = defineMethod({
  name: "relational",
  summary: "distances and angles between the images of a mini-batch (Park et al. 2019)",
  options,
  step: ({ distanceWeight, angleWeight }, context) =>
    featureStep(context, ({ logits, features }, teacher) => {
      const { distance, angle } = relationalLosses(
        averageOverPositions(stageAt(teacher.features, -1)),
        averageOverPositions(stageAt(features, -1)),
      );
      return {
        cross_entropy: crossEntropy(context.labels, logits),
        distance: tf.mul(distance, distanceWeight),
        angle: tf.mul(angle, angleWeight),
      };
    }),
});

/**
 * Computes the two losses of relational distillation (Park et al. 2019), each the mean Huber loss
 * between teacher and student: of the distances of all pairs, divided by their mean, and of the cosines
 * of the angles at one image between two others. As in the published code, both losses count the zeros
 * of an image with itself, and the mean distance does not.
 *
 * @param teacher embeddings `[n, c]`, taken as constant
 * @param student embeddings of the same n images; their length may differ
 */
export function relationalLosses(
  teacher: tf.Tensor2D,
  student: tf.Tensor2D,
): { readonly distance: tf.Scalar; readonly angle: tf.Scalar } {
  const [of, to] = [relationsOf(teacher), relationsOf(student)];
  return {
    distance: huberLoss(tf.sub(to.distances, of.distances)),
    angle: huberLoss(tf.sub(to.cosines, of.cosines)),
  };
}

/** Images nearer than this have no direction. */
const APART = 1e-6;

function relationsOf(embeddings: tf.Tensor2D): {
  readonly distances: tf.Tensor;
  readonly cosines: tf.Tensor;
} {
  const count = embeddings.shape[0];
  // Products of embeddings would be faster, but in float32 they lose the distance of close images.
  const differences = tf.sub(tf.expandDims(embeddings, 0), tf.expandDims(embeddings, 1));
  const distances = lengths(differences, 2, true);
  // Equal images get no direction, and so no gradient of 1e12.
  const apart = tf.step(tf.sub(distances, APART));
  const directions = tf.mul(tf.div(differences, distances), apart);
  const pairs = Math.max(count * (count - 1), 1);
  return {
    distances: tf.div(distances, tf.div(tf.sum(distances), pairs)),
    cosines: tf.matMul(directions, directions, false, true),
  };
}

/**
 * Computes the mean Huber loss (δ = 1): half the square up to 1, linear from there. Its own gradient
 * halves the memory of a step, which n³ cosines fill.
 */
function huberLoss(errors: tf.Tensor): tf.Scalar {
  return withGradient(errors, (x) => {
    const slopes = tf.clipByValue(x, -1, 1);
    return {
      value: tf.mean(tf.mul(slopes, tf.sub(x, tf.div(slopes, 2)))) as tf.Scalar,
      saved: [slopes],
      gradient: (dy, [slopes]) => tf.mul(slopes, tf.div(dy, x.size)),
    };
  });
}
