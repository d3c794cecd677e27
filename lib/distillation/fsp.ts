import * as tf from "@tensorflow/tfjs";
import { bss } from "./bss.ts";
import { featureStep } from "./feature_step.ts";
import { fspLosses } from "./fsp_matrix.ts";
import { original } from "./original.ts";
import { type FirstStage, twoStages } from "./two_stages.ts";
import { number } from "../options.ts";

const options = {
  /** Epochs of the first stage, as a share of those of the training that follows */
  fspShare: number(0.5, { above: 0 }),
  /** On the sum over pairs of stages of the mean squared difference of their matrices */
  fspWeight: number(1, { above: 0 }),
};

/** The student learns the FSP matrices of the teacher. */
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
 * FSP (Yim et al. 2017): the student first learns to give the teacher's FSP matrices, then it is trained
 * on the labels alone.
 *
 * Where it departs from their paper: a matrix is of the outputs of two consecutive stages and not of the
 * first and last layer of one; the larger map is averaged over cells, as in later libraries; the squared
 * error is a mean over the entries of the matrix. The first stage has a given length, and the learning
 * rate of the second. The weight fits that: of 0.1, 1, 10, 100 and 1000, ResNet8 students of a few
 * epochs gained with the first two, lost with the next two, and diverged with the last.
 */
export const fsp = twoStages(
  {
    name: "fsp",
    summary: "the teacher's flow between stages first, then the labels (Yim et al. 2017)",
  },
  matching,
  original,
);

/** The same first stage, then boundary supporting samples (the combination that Heo et al. 2019 report). */
export const fspBss = twoStages(
  {
    name: "fsp+bss",
    summary: "the teacher's flow between stages first, then boundary supporting samples",
  },
  matching,
  bss,
);
