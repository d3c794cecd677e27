import type * as tf from "@tensorflow/tfjs";
import { forwardFlops, trainingFlops } from "../training/cost.ts";
import type { FrozenNetwork, Pullback } from "../nn/frozen_classifier.ts";
import type { NetworkOutput } from "../nn/network.ts";
import type { Workload } from "./workload.ts";

/** How many images a step sent through the networks, as it really did: not what it might have. */
export interface StepWork {
  /** Through the student, forward and backward */
  student: number;
  teacherForward: number;
  /** From the teacher's logits back to the images */
  teacherBackward: number;
}

/** Floating-point operations of the networks in a step, two a multiply-add. */
export function stepFlops({ teacher, student, shape }: Workload, work: StepWork): number {
  const [, height, width] = shape;
  const size = { height, width };
  return trainingFlops(student.architecture, size) * work.student +
    // The way back to the images costs what the way forward does: no gradient of a weight.
    forwardFlops(teacher.architecture, size) * (work.teacherForward + work.teacherBackward);
}

/** A teacher that counts the images that pass through it. */
export class CountedClassifier implements FrozenNetwork {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #classifier: FrozenNetwork;
  readonly #work: StepWork;

  constructor(classifier: FrozenNetwork, work: StepWork) {
    this.classes = classifier.classes;
    this.featureChannels = classifier.featureChannels;
    this.#classifier = classifier;
    this.#work = work;
  }

  logits(images: tf.Tensor4D): tf.Tensor2D {
    this.#work.teacherForward += images.shape[0];
    return this.#classifier.logits(images);
  }

  forward(images: tf.Tensor4D): NetworkOutput {
    this.#work.teacherForward += images.shape[0];
    return this.#classifier.forward(images);
  }

  pullback(images: tf.Tensor4D): Pullback {
    this.#work.teacherForward += images.shape[0];
    const pass = this.#classifier.pullback(images);
    return {
      logits: pass.logits,
      toImages: (dLogits, rows) => {
        this.#work.teacherBackward += dLogits.shape[0];
        return pass.toImages(dLogits, rows);
      },
      dispose: () => pass.dispose(),
    };
  }

  dispose(): void {
    this.#classifier.dispose();
  }
}
