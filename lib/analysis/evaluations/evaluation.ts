import type { Estimate } from "../statistics/estimate.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { PassCount } from "../../distillation/method.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import type { Options, Rules } from "../../options.ts";

/** A measurement of a finished student. To add one, write a file and a line in `evaluations.ts`. */
export interface Evaluation<R extends Rules = Rules> {
  readonly name: string;
  readonly options: R;
  /**
   * Counts the forward passes of one image that take as long as the evaluation, to estimate times.
   */
  passes(options: Options<R>): PassCount;
  /**
   * Measures a student.
   *
   * @throws UserError for networks or images that it cannot measure
   * @throws DOMException "AbortError" if the work around it was stopped
   */
  measure(options: Options<R>, context: EvaluationContext): Promise<Measured>;
}

export interface EvaluationContext {
  readonly student: FrozenClassifier;
  readonly teacher: FrozenClassifier;
  /** The data set whose test images are used. */
  readonly dataset: Dataset;
  /** Results about this teacher and data set that the evaluations of earlier students left */
  readonly memory?: EvaluationMemory;
}

/** Things made of a teacher and a data set, each by its name with the options in force. */
export type EvaluationMemory = Map<string, unknown>;

/** Gives what is remembered under a key, or makes and remembers it. */
export async function remembered<T>(
  memory: EvaluationMemory,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  if (!memory.has(key)) memory.set(key, await make());
  return memory.get(key) as T;
}

/** The findings of an evaluation. */
export interface Measured {
  readonly measurements: readonly Measurement[];
  /** Sentences that say why the measurements are doubtful. */
  readonly warnings?: readonly string[];
}

/** A measured value with its 95 % interval over the choice of images. */
export interface Measurement {
  /** The name: "mag_sim", … */
  readonly measure: string;
  /** Null if there is no image, or if a median is infinite. */
  readonly value: number | null;
  /** The ends of the interval; null if there is none, or if that end is infinite. */
  readonly low: number | null;
  readonly high: number | null;
  /** The number of images. */
  readonly n: number;
}

/** Names an estimate, or another value with its interval. */
export function measurement(measure: string, { value, interval, n }: Estimate): Measurement {
  const [low, high] = interval ?? [null, null];
  return { measure, value, low, high, n };
}
