import {
  adaptiveCalibrationError,
  calibrationError,
  type Prediction,
  reliability,
  type ReliabilityBin,
} from "./calibration.ts";
import { type Estimate, estimate } from "../statistics/estimate.ts";
import { finiteCheck } from "../robustness/sample_checks.ts";
import { bootstrapInterval } from "../statistics/bootstrap_interval.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { topClasses } from "../../tensors/rows.ts";
import { UserError } from "../../user_error.ts";

/** A student's fidelity to its teacher, and the fit of its probabilities to the labels. */
export interface Fidelity {
  /** The share of images that both put in the same class (Stanton et al. 2021). */
  readonly agreement: Estimate;
  /** The mean of KL(teacher ‖ student) at temperature 1, in nats. */
  readonly divergence: Estimate;
  /** The student's expected calibration error, in bins of equal width. */
  readonly calibrationError: Estimate;
  /** The same in bins of equally many images. */
  readonly adaptiveCalibrationError: Estimate;
  /** The mean of −log of the student's probability of the label, in nats. */
  readonly negativeLogLikelihood: Estimate;
  /** The student's predictions by confidence */
  readonly reliability: readonly ReliabilityBin[];
}

/** Resamples of the intervals of calibration errors: each sorts all images. */
const RESAMPLES = 500;

/**
 * Compares the logits of a student with its teacher's and with labels. Intervals are over the choice
 * of images.
 *
 * @param teacher `[n, classes]`, row-major, of the same images as the student's
 * @param labels n class indices
 * @param random numbers in [0, 1), for bootstrap intervals
 * @throws UserError if a logit is not finite
 */
export function fidelityOf(
  teacher: ArrayLike<number>,
  student: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  random: () => number,
): Fidelity {
  const n = labels.length;
  for (const [owner, logits] of Object.entries({ teacher, student })) {
    const fault = finiteCheck(logits, "logits");
    if (fault) throw new UserError(`the ${owner} ${fault}; its weights or the images are damaged`);
  }
  const [ofTeacher, ofStudent] = [teacher, student].map((logits) =>
    logSoftmaxRows(logits, classes)
  );
  const [theirs, own] = [teacher, student].map((logits) => topClasses(logits, classes));
  const rows = Array.from({ length: n }, (_, row) => row);
  const predictions = rows.map((row): Prediction => ({
    confidence: Math.exp(ofStudent[row * classes + own[row]]),
    isRight: own[row] === labels[row],
  }));
  const same = rows.filter((row) => own[row] === theirs[row]).length;
  const divergences = rows.map((row) => {
    let sum = 0;
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      sum += Math.exp(ofTeacher[i]) * (ofTeacher[i] - ofStudent[i]);
    }
    return sum;
  });
  const losses = rows.map((row) => -ofStudent[row * classes + labels[row]]);
  return {
    agreement: { value: n > 0 ? same / n : null, interval: wilsonInterval(same, n), n },
    divergence: estimate(divergences, random),
    calibrationError: errorEstimate(predictions, calibrationError, random),
    adaptiveCalibrationError: errorEstimate(predictions, adaptiveCalibrationError, random),
    negativeLogLikelihood: estimate(losses, random),
    reliability: reliability(predictions),
  };
}

/**
 * Estimates a calibration error. On average, a resample has a larger error than the images it comes
 * from. So the bootstrap interval is mirrored at the value (Davison and Hinkley 1997, section 5.2).
 * It may lie below the value, if that is small.
 */
function errorEstimate(
  predictions: readonly Prediction[],
  error: (predictions: readonly Prediction[]) => number,
  random: () => number,
): Estimate {
  const n = predictions.length;
  if (n === 0) return { value: null, interval: null, n };
  const value = error(predictions);
  const found = bootstrapInterval([...predictions.keys()], {
    statistic: (rows) => error(rows.map((row) => predictions[row])),
    resamples: RESAMPLES,
    random,
  });
  if (found === null) return { value, interval: null, n };
  const [low, high] = found.map((end) => Math.min(Math.max(2 * value - end, 0), 1)).reverse();
  return { value, interval: [low, high], n };
}

/** Computes the logarithm of the softmax of each row, in float64. */
function logSoftmaxRows(logits: ArrayLike<number>, classes: number): Float64Array {
  const logarithms = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    let max = -Infinity;
    for (let c = 0; c < classes; c++) max = Math.max(max, logits[row + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[row + c] - max);
    for (let c = 0; c < classes; c++) {
      logarithms[row + c] = logits[row + c] - max - Math.log(sum);
    }
  }
  return logarithms;
}
