import type { Dataset, ImageSet } from "../../data/dataset.ts";
import type { PassCount } from "../../distillation/method.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import type { Options, Rules } from "../../options.ts";
import { stratifiedSubset, takeImages } from "../../data/stratified_subset.ts";
import { RandomStreams } from "../../training/random_streams.ts";

/** Something that is measured of a finished student: a file, and a line in `evaluations.ts`. */
export interface Evaluation<R extends Rules = Rules> {
  readonly name: string;
  readonly options: R;
  /** Roughly how many forward passes of an image it takes, for estimates of time. */
  passes(options: Options<R>): PassCount;
  /**
   * @throws UserError for networks or images that it cannot measure
   * @throws DOMException "AbortError" if the work around it was stopped
   */
  measure(options: Options<R>, context: EvaluationContext): Promise<Measurement[]>;
}

export interface EvaluationContext {
  readonly student: FrozenClassifier;
  readonly teacher: FrozenClassifier;
  /** Its test images are measured on. */
  readonly dataset: Dataset;
}

/** One figure with its 95 % interval over the choice of images. */
export interface Measurement {
  /** "mag_sim", … */
  readonly measure: string;
  /** null of no image */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Over how many images */
  readonly n: number;
}

/** At most so many test images, stratified by class: the same ones for every student. */
export function testSample(dataset: Dataset, count: number): ImageSet {
  const { test, classes } = dataset;
  if (count >= test.count) return test;
  const random = new RandomStreams(0).stream("subset");
  const share = count / test.count;
  return takeImages(dataset, test, stratifiedSubset(test.labels, share, classes.length, random));
}
