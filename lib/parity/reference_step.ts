import * as tf from "@tensorflow/tfjs";
import { compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFile } from "./golden_folder.ts";
import { crossEntropy, softCrossEntropy } from "../distillation/soft_cross_entropy.ts";
import { weightToDisk } from "../nn/layout.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { Sgd } from "../nn/sgd.ts";
import { Held } from "../tensors/held.ts";
import { GradientAccumulator } from "../training/gradients.ts";

const LOSS = 1e-5;
const GRADIENT = 5e-3;
const AFTER_ONE_STEP = 1e-3;
const AFTER_THREE_STEPS = 2e-3;

/** The student's part of the step, with the reference's boundary supporting samples. */
export class ReferenceStep implements Disposable {
  readonly #golden: GoldenFile;
  readonly #student: ImageNetwork;
  readonly #images: tf.Tensor4D;
  readonly #teacherLogits: tf.Tensor2D;
  readonly #optimizer: Sgd;
  #passes: GradientAccumulator;

  constructor(
    golden: GoldenFile,
    student: ImageNetwork,
    images: tf.Tensor4D,
    teacherLogits: tf.Tensor2D,
  ) {
    this.#golden = golden;
    this.#student = student;
    this.#images = images;
    this.#teacherLogits = teacherLogits;
    this.#optimizer = new Sgd({
      momentum: golden.setting("momentum"),
      weightDecay: golden.setting("weight_decay"),
    });
    this.#passes = this.#newPasses();
  }

  /** Makes the pass over the images and returns the student's logits. */
  passOverImages(): tf.Tensor2D {
    using held = new Held();
    const labels = held.keep(tf.tensor1d(this.#golden.data("labels"), "int32"));
    return this.#passes.backward(this.#images, (output) => ({
      cross_entropy: crossEntropy(labels, output.logits),
      distillation: tf.mul(
        softCrossEntropy(this.#teacherLogits, output.logits, this.#temperature),
        this.#alpha,
      ),
    }));
  }

  /** Makes the pass over the boundary supporting samples and returns the student's logits. */
  passOverSamples(): tf.Tensor2D {
    using held = new Held();
    const samples = held.keep(this.#golden.tensor4d("adversarial"));
    const teacherLogits = held.keep(this.#golden.tensor2d("adversarial_teacher_logits"));
    return this.#passes.backward(samples, (output) => ({
      boundary: tf.mul(
        softCrossEntropy(teacherLogits, output.logits, this.#temperature),
        this.#beta,
      ),
    }));
  }

  /** Compares the loss terms and gradients of the passes so far. */
  async *compareLossAndGradients(): AsyncIterable<Comparison> {
    const losses = await this.#passes.losses();
    const terms = {
      loss_ce: losses.get("cross_entropy")!,
      loss_kd: losses.get("distillation")! / this.#alpha,
      loss_bss: losses.get("boundary")! / this.#beta,
      loss: [...losses.values()].reduce((sum, value) => sum + value, 0),
    };
    for (const [name, value] of Object.entries(terms)) {
      yield compareRelative(name, [value], this.#golden.data(name), LOSS);
    }
    yield* this.#compareTensors("grad.", this.#passes.gradients, GRADIENT);
  }

  /** Compares weights and running statistics after one and after three steps of the optimizer. */
  async *compareSteps(): AsyncIterable<Comparison> {
    this.#apply();
    yield* this.#compareTensors("after1.", this.#variables(), AFTER_ONE_STEP);
    for (let step = 2; step <= 3; step++) {
      tf.dispose([this.passOverImages(), this.passOverSamples()]);
      this.#apply();
    }
    yield* this.#compareTensors("after3.", this.#variables(), AFTER_THREE_STEPS);
  }

  [Symbol.dispose](): void {
    this.#optimizer.reset();
    this.#passes.dispose();
  }

  #apply(): void {
    const learningRate = this.#golden.setting("lr");
    this.#optimizer.apply(this.#student.parameters, this.#passes.gradients, learningRate);
    this.#passes.dispose();
    this.#passes = this.#newPasses();
  }

  #newPasses(): GradientAccumulator {
    return new GradientAccumulator(this.#student, this.#student.parameters);
  }

  #variables(): Map<string, tf.Tensor> {
    return new Map(this.#student.variables());
  }

  async *#compareTensors(
    prefix: string,
    tensors: ReadonlyMap<string, tf.Tensor>,
    tolerance: number,
  ): AsyncIterable<Comparison> {
    for (const name of this.#golden.names(prefix)) {
      const tensor = tensors.get(name)!;
      const { data } = weightToDisk(await tensor.data() as Float32Array, tensor.shape);
      yield compareRelative(prefix + name, data, this.#golden.data(prefix + name), tolerance);
    }
  }

  get #temperature(): number {
    return this.#golden.setting("temperature");
  }

  get #alpha(): number {
    return this.#golden.setting("alpha");
  }

  get #beta(): number {
    return this.#golden.setting("beta");
  }
}
