import * as tf from "@tensorflow/tfjs";
import type { Configuration } from "./configuration.ts";
import { loadNetwork, OPTIMIZER, type Workload } from "./workload.ts";
import { frozenOf } from "../nn/freeze.ts";
import { type FrozenNetwork, readLogits } from "../nn/frozen_classifier.ts";
import type { Precision } from "../nn/precision.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { Sgd } from "../nn/sgd.ts";
import { requireTrainingPrecision } from "../nn/training_pass.ts";
import { weightsFrom } from "../nn/weights_file.ts";

/** A workload on the current backend, for repeated steps from the same weights. */
export class PreparedWorkload {
  readonly workload: Workload;
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
  readonly student: ImageNetwork;
  readonly teacher: FrozenNetwork;
  readonly optimizer = new Sgd(OPTIMIZER);
  /** The teacher's logits of the images, row-major; null if the step computes them. */
  readonly cachedLogits: Float32Array | null;
  /** The number type of the student's passes; float32 if undefined. */
  readonly studentPrecision: Precision | undefined;

  private constructor(
    workload: Workload,
    teacher: FrozenNetwork,
    cached: Float32Array | null,
    studentPrecision?: Precision,
  ) {
    this.workload = workload;
    this.studentPrecision = studentPrecision;
    this.images = imageTensor(workload);
    this.labels = tf.tensor1d(workload.labels, "int32");
    this.student = loadNetwork(workload.student);
    this.teacher = teacher;
    this.cachedLogits = cached;
  }

  /** @throws UserError if the backend lacks a precision of the configuration */
  static async prepare(
    workload: Workload,
    configuration: Configuration,
  ): Promise<PreparedWorkload> {
    const { studentPrecision, teacherPrecision } = configuration;
    if (studentPrecision) requireTrainingPrecision(studentPrecision);
    const teacher = frozenOf(loadNetwork(workload.teacher), { precision: teacherPrecision });
    const cached = configuration.cachedLogits
      ? await readLogits(teacher, () => imageTensor(workload))
      : null;
    return new PreparedWorkload(workload, teacher, cached, studentPrecision);
  }

  /**
   * Restores the student's initial weights and running statistics, so that each step selects and
   * attacks the same samples. The momentum stays: it changes only the result of the next step,
   * which is undone too.
   */
  restore(): void {
    const { architecture, tensors } = this.workload.student;
    const weights = weightsFrom(tensors, architecture, "the student");
    tf.tidy(() => {
      for (const [name, variable] of this.student.variables()) {
        const { data, shape } = weights.get(name)!;
        variable.assign(tf.tensor(data, shape));
      }
    });
  }

  dispose(): void {
    this.optimizer.reset();
    this.student.dispose();
    this.teacher.dispose();
    tf.dispose([this.images, this.labels]);
  }
}

function imageTensor({ images, shape }: Workload): tf.Tensor4D {
  return tf.tensor4d(images, [...shape]);
}
