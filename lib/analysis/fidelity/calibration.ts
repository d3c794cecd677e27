/** The number of bins of a calibration error (Guo et al. 2017). */
export const CALIBRATION_BINS = 15;

/** A prediction: the probability of the predicted class, and whether it is the label. */
export interface Prediction {
  /** 0…1 */
  readonly confidence: number;
  readonly isRight: boolean;
}

/** The predictions whose confidence is in one bin. */
export interface ReliabilityBin {
  /** The mean confidence, 0…1; NaN for no predictions */
  readonly confidence: number;
  /** The number of right predictions */
  readonly right: number;
  readonly n: number;
}

/**
 * Groups predictions by confidence, in bins of equal width, for a reliability diagram (Guo et al.
 * 2017). A confidence on an edge is in the lower bin.
 */
export function reliability(
  predictions: readonly Prediction[],
  bins = CALIBRATION_BINS,
): ReliabilityBin[] {
  return Array.from({ length: bins }, (_, bin) => {
    const inside = predictions.filter(({ confidence }) => binOfWidth(confidence, bins) === bin);
    return {
      confidence: inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length,
      right: inside.filter(({ isRight }) => isRight).length,
      n: inside.length,
    };
  });
}

/**
 * Computes the expected calibration error (Guo et al. 2017): the mean absolute difference between
 * confidence and accuracy over bins of equal width in confidence, weighted by their predictions. A
 * confidence on an edge is in the lower bin.
 *
 * @returns 0…1; NaN for no predictions
 */
export function calibrationError(
  predictions: readonly Prediction[],
  bins = CALIBRATION_BINS,
): number {
  return binnedError(predictions, bins, ({ confidence }) => binOfWidth(confidence, bins));
}

/**
 * Computes the same error over bins that hold equally many predictions, in the order of their
 * confidence (bins of Nguyen and O'Connor 2015). Bins of equal width say little where most confidences
 * are near 1. Predictions of one confidence may fall in two bins, in the order of the list.
 *
 * @returns 0…1; NaN for no predictions
 */
export function adaptiveCalibrationError(
  predictions: readonly Prediction[],
  bins = CALIBRATION_BINS,
): number {
  const sorted = predictions.toSorted((a, b) => a.confidence - b.confidence);
  return binnedError(sorted, bins, (_, place) => Math.floor(place * bins / sorted.length));
}

function binOfWidth(confidence: number, bins: number): number {
  const nearestEdge = Math.round(confidence * bins);
  return Math.max(confidence <= nearestEdge / bins ? nearestEdge - 1 : nearestEdge, 0);
}

function binnedError(
  predictions: readonly Prediction[],
  bins: number,
  binOf: (prediction: Prediction, place: number) => number,
): number {
  // The sum of confidence − accuracy of each bin.
  const sums = new Float64Array(bins);
  predictions.forEach((prediction, place) => {
    sums[binOf(prediction, place)] += prediction.confidence - Number(prediction.isRight);
  });
  return sums.reduce((total, sum) => total + Math.abs(sum), 0) / predictions.length;
}
