import * as tf from "@tensorflow/tfjs";
import { pointImages, type PointSet } from "../data/point_set.ts";
import { type DistillationMethod, resolveMethodOptions } from "../distillation/method.ts";
import { DenseNetwork } from "../nn/dense_network.ts";
import type { FrozenNetwork } from "../nn/frozen_classifier.ts";
import { resolveOptions } from "../options.ts";
import { isClass } from "../tensors/rows.ts";
import { type EpochRow, EpochSummary } from "./epoch_row.ts";
import { initialState } from "./state.ts";
import type { MiniBatch } from "./batches.ts";
import { type Protocol, protocolOptions } from "./protocol.ts";
import { RandomStreams } from "./random_streams.ts";
import { requireTeacher } from "./require_teacher.ts";
import { scheduleOf } from "./schedule.ts";
import { trainBatches } from "./train_batches.ts";
import { UserError } from "../user_error.ts";

/** Maps pixels in 0…1 to ±2.5 of the plane, the bounds of the paper's attack. */
const PLANE = { mean: [0.5, 0.5], std: [0.2, 0.2] };

/** A training on points of the plane. */
export interface PointTraining {
  readonly points: PointSet;
  readonly method: DistillationMethod;
  /** Options of the method; an option left out has its default. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The frozen teacher; null for a method that needs none. */
  readonly teacher: FrozenNetwork | null;
  /** The width of each hidden layer. */
  readonly hidden: readonly number[];
  /** The protocol; an option left out is the paper's. */
  readonly protocol?: Partial<Protocol>;
  /** The same seed gives the same initial weights and mini-batches to every method. */
  readonly seed: number;
  /** Called after each epoch with the network, which trains on. */
  readonly onEpoch?: (epoch: number, student: DenseNetwork) => void | Promise<void>;
}

/** A finished training on points. */
export interface PointTrainingResult {
  /** One row per epoch, over all stages. */
  readonly rows: readonly EpochRow[];
  /** The network after its last epoch; the caller disposes of it. */
  readonly student: DenseNetwork;
}

/**
 * Trains a dense network on points, by the same steps as a ResNet on images, but without augmentation,
 * evaluation and checkpoints.
 *
 * @throws UserError for a bad option or label, for a precision other than float32, or for a method that
 *   cannot compare these networks. Attention transfer never can, since a hidden layer has no positions
 * @throws NotFiniteError if loss or weights are no longer finite
 */
export async function trainOnPoints(training: PointTraining): Promise<PointTrainingResult> {
  const { points, method, hidden, seed } = training;
  const options = resolveMethodOptions(method, training.options);
  const protocol = resolveOptions("protocol", protocolOptions, training.protocol);
  if (protocol.studentPrecision) {
    throw new UserError("a dense network is trained in f32; leave out studentPrecision");
  }
  const [count, labels] = [points.points.length / 2, points.labels.length];
  if (count !== labels) {
    throw new UserError(
      `there are ${labels} labels for ${count} points; give each point one label`,
    );
  }
  const wrong = Array.from(points.labels).find((label) => !isClass(label, points.classes));
  if (wrong !== undefined) {
    throw new UserError(
      `a point has the label ${wrong}, but classes are 0 to ${points.classes - 1}`,
    );
  }
  const teacher = requireTeacher(training.teacher, method, points.classes);
  const random = new RandomStreams(seed).stream("init");
  const student = new DenseNetwork([2, ...hidden, points.classes], random);
  const state = initialState({ method, options, protocol }, {
    student,
    teacher,
    trainingLabels: points.labels,
    random,
  });
  const rows: EpochRow[] = [];
  try {
    for (const { stage, epoch, epochOfStreams } of scheduleOf(method, options, protocol)) {
      const number = rows.length + 1;
      const summary = new EpochSummary();
      const learningRate = await trainBatches(
        {
          method,
          options,
          protocol,
          state,
          stage,
          epoch,
          number,
          teacher,
          normalisation: PLANE,
          teacherCache: null,
          streams: new RandomStreams(seed, epochOfStreams),
          trainingLabels: points.labels,
          makeBatch: (indices) => pointBatch(points, indices),
        },
        summary,
      );
      rows.push(summary.row({ epoch: number, stage: stage.name, learning_rate: learningRate }));
      await training.onEpoch?.(number, student);
    }
  } catch (error) {
    state.dispose();
    throw error;
  }
  state.disposeAllButStudent();
  return { rows, student };
}

/** Makes a mini-batch of points. */
function pointBatch(points: PointSet, indices: Int32Array): MiniBatch {
  const labelValues = Int32Array.from(indices, (index) => points.labels[index]);
  return {
    images: pointImages(points, indices),
    labels: tf.tensor1d(labelValues, "int32"),
    labelValues,
    indices,
    imageNumbers: Float64Array.from(indices),
  };
}
