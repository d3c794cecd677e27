import * as tf from "@tensorflow/tfjs";
import { bss } from "./bss.ts";
import { featureStep, type FirstStage, requireSameStages, twoStages } from "./shared.ts";
import { original } from "./original.ts";
import { number } from "../options.ts";
import { UserError } from "../user_error.ts";

const options = {
  /** The epochs of the first stage, as a share of the epochs of the second stage */
  fspShare: number(0.5, { above: 0 }),
  /** The weight of the FSP losses, summed over pairs of stages */
  fspWeight: number(1, { above: 0 }),
};

/** The first stage: the student learns the FSP matrices of the teacher. */
const matching: FirstStage<typeof options> = {
  name: "fsp",
  options,
  share: ({ fspShare }) => fspShare,
  passes: { student: 3, teacher: 1 },
  step: ({ fspWeight }, context) =>
    featureStep(context, (student, teacher) => ({
      fsp: tf.mul(tf.addN(fspLosses(teacher.features, student.features)), fspWeight) as tf.Scalar,
    })),
};

/**
 * FSP (Yim et al. 2017). In the first stage the student learns the teacher's FSP matrices; in the
 * second it is trained on the labels alone.
 *
 * Deviations from their paper: a matrix compares the outputs of two consecutive stages instead of the
 * first and the last layer of one stage; the larger map is averaged over cells, as in later libraries;
 * the squared error is the mean over the entries of the matrix. The first stage has a given length, and
 * the learning rate of the second. The weight fits that rate: ResNet8 students of a few epochs gained
 * with weights 0.1 and 1, lost with 10 and 100, and diverged with 1000.
 */
export const fsp = twoStages(
  {
    name: "fsp",
    summary: "the teacher's flow between stages first, then the labels (Yim et al. 2017)",
  },
  matching,
  original,
);

/** FSP's first stage, then boundary supporting samples: the combination that Heo et al. (2019) report. */
export const fspBss = twoStages(
  {
    name: "fsp+bss",
    summary: "the teacher's flow between stages first, then boundary supporting samples",
  },
  matching,
  bss,
);

/**
 * Computes the FSP loss of each pair of consecutive stages: the mean squared difference of the two
 * networks' FSP matrices.
 *
 * @param teacher the feature maps of its stages, taken as constant
 * @param student as many feature maps, with the same channels; height and width may differ
 * @throws UserError if there are fewer than two stages, or the networks do not match
 */
export function fspLosses(
  teacher: readonly tf.Tensor4D[],
  student: readonly tf.Tensor4D[],
): tf.Scalar[] {
  requireSameStages(teacher, student, 2);
  student.forEach((map, stage) => requireSameChannels(teacher[stage], map, stage + 1));
  return student.slice(1).map((later, stage) => {
    const expected = fspMatrix(teacher[stage], teacher[stage + 1]);
    return tf.mean(tf.square(tf.sub(fspMatrix(student[stage], later), expected)));
  });
}

/**
 * Computes the FSP matrix of two feature maps of one network (Yim et al. 2017), the "flow of the
 * solution procedure" between them: the mean over all positions of the outer product of their
 * channels. The earlier map is averaged over cells to the height and width of the later one.
 *
 * @param earlier `[n, a·h, b·w, c]`
 * @param later `[n, h, w, d]`
 * @returns `[n, d, c]`
 * @throws UserError if a or b is not a whole number
 */
export function fspMatrix(earlier: tf.Tensor4D, later: tf.Tensor4D): tf.Tensor3D {
  const [n, height, width] = later.shape;
  const byPosition = (map: tf.Tensor4D): tf.Tensor3D =>
    map.reshape([n, height * width, map.shape[3]]);
  const products = tf.matMul(byPosition(later), byPosition(averaged(earlier, later)), true);
  return tf.div(products, height * width);
}

/** Averages the earlier map over cells to the height and width of the later one. */
function averaged(earlier: tf.Tensor4D, later: tf.Tensor4D): tf.Tensor4D {
  const [from, to] = [earlier, later].map(({ shape: [, height, width] }) => [height, width]);
  const cell = from.map((extent, axis) => extent / to[axis]) as [number, number];
  if (!cell.every(Number.isInteger)) {
    throw new UserError(
      `an FSP matrix needs an earlier feature map whose height and width are multiples of the later ` +
        `one's, but they are ${from.join("×")} and ${to.join("×")}`,
    );
  }
  // Whole cells without padding: TensorFlow.js's gradient of a padded average is wrong.
  return cell.every((extent) => extent === 1) ? earlier : tf.avgPool(earlier, cell, cell, "valid");
}

function requireSameChannels(teacher: tf.Tensor4D, student: tf.Tensor4D, stage: number): void {
  if (teacher.shape[3] === student.shape[3]) return;
  throw new UserError(
    `FSP needs a teacher and a student with the same channels in every stage, but stage ${stage} has ` +
      `${teacher.shape[3]} and ${student.shape[3]}`,
  );
}
