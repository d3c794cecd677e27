import * as tf from "@tensorflow/tfjs";
import type { Block } from "../arena.ts";
import { asTensor } from "../as_tensor.ts";
import { checkChannels } from "../check_channels.ts";
import { DataType } from "../constants.ts";
import { meanOverPixels } from "../mean_over_pixels.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import { type FeatureMap, PassMemory } from "./pass_memory.ts";
import { addBlocks, TrainingBlock } from "./training_block.ts";
import { TrainingLayer } from "./training_layer.ts";
import { convert, spread } from "./training_steps.ts";
import type { Precision } from "../../../nn/precision.ts";
import type { BatchStatistics, TrainedNetwork, TrainingPass } from "../../../nn/training_pass.ts";
import { sizeOf } from "../memory_layout.ts";

/**
 * A training pass as a flat list of oneDNN primitives over blocks of the arena. Feature maps and their
 * gradients have the type of the pass. Parameters, their gradients and statistics are float32.
 */
export class OnednnTrainingPass implements TrainingPass {
  readonly token: tf.Scalar;
  readonly pooled: tf.Tensor2D;
  readonly statistics = new Map<string, BatchStatistics>();
  readonly #memory: PassMemory;
  readonly #stem: TrainingLayer;
  readonly #stages: TrainingBlock[][];
  /** The gradient of each stage's output, as far as it is known. */
  readonly #gradients = new Map<number, Block>();

  /** Runs the forward pass. The images and parameters must live as long as the token. */
  constructor(
    backend: OnednnBackend,
    images: tf.Tensor4D,
    { stages, parameters, epsilon }: TrainedNetwork,
    precision: Precision,
  ) {
    checkChannels(images.shape[3], parameters.get("conv1.weight")!.shape[2]!);
    this.#memory = new PassMemory(backend, DataType[precision], parameters);
    const { info } = backend.output([]);
    this.token = asTensor(info);
    backend.whenDisposed(info, () => this.#release());
    const stem = { convolution: "conv1", norm: "bn1", stride: 1, relu: true, epsilon } as const;
    this.#stem = new TrainingLayer(this.#memory, stem, this.#source(images));
    this.statistics.set("bn1", this.#stem.statistics);
    let x = this.#stem.output;
    this.#stages = stages.map((shapes) =>
      shapes.map((shape) => {
        const block = new TrainingBlock(this.#memory, shape, x, epsilon);
        block.layers.forEach(({ statistics }, index) =>
          this.statistics.set(`${shape.name}.bn${index + 1}`, statistics)
        );
        x = block.output;
        return block;
      })
    );
    const pooled = backend.output([x.shape[0], x.shape[3]]);
    meanOverPixels(backend, this.#memory.type, x.shape)(x.pointer, pooled.pointer);
    this.pooled = asTensor(pooled.info);
  }

  feature(stage: number): tf.Tensor4D {
    const { backend, type, isOver } = this.#memory;
    if (isOver) throw new Error("the training pass is over, and its feature maps are released");
    const { shape, pointer } = this.#outputOf(stage);
    const copy = backend.output([...shape]);
    convert(backend, sizeOf(shape), [type, pointer], [DataType.f32, copy.pointer]);
    return asTensor(copy.info);
  }

  takeFeatureGradient(stage: number, gradient: tf.Tensor4D): void {
    this.#addGradient(stage, this.#converted(gradient));
  }

  takePooledGradient(gradient: tf.Tensor2D): void {
    const last = this.#stages.length - 1;
    const { shape } = this.#outputOf(last);
    const [, height, width] = shape;
    const scaled = tf.tidy(() => tf.div(gradient, height * width));
    const values = this.#converted(scaled);
    scaled.dispose();
    const block = this.#memory.map(shape);
    spread(this.#memory, values.pointer, { shape, pointer: block.pointer });
    this.#memory.release(values);
    this.#addGradient(last, block);
  }

  back(stage: number): ReadonlyMap<string, tf.Tensor> {
    const gradients = new Map<string, tf.Tensor>();
    let gradient = this.#gradientOf(stage)!;
    for (const [index, block] of [...this.#stages[stage].entries()].reverse()) {
      const others = index === 0 ? this.#gradientOf(stage - 1) : undefined;
      gradient = block.back(gradient, others, gradients);
    }
    if (stage > 0) {
      this.#gradients.set(stage - 1, gradient);
    } else {
      this.#stem.back(gradient.pointer, gradient.pointer, gradients);
      this.#memory.release(gradient);
    }
    return gradients;
  }

  /** Gives the images in the type of the pass. */
  #source(images: tf.Tensor4D): FeatureMap {
    const { backend, type } = this.#memory;
    const pointer = type === DataType.f32
      ? backend.pointer(images)
      : this.#memory.keep(this.#converted(images));
    return { shape: images.shape, pointer };
  }

  /** Copies a float32 tensor into a new block in the type of the pass. */
  #converted(tensor: tf.Tensor): Block {
    const { backend, type } = this.#memory;
    const block = this.#memory.map(tensor.shape);
    const from = backend.pointer(tensor);
    convert(backend, tensor.size, [DataType.f32, from], [type, block.pointer]);
    return block;
  }

  #outputOf(stage: number): FeatureMap {
    return this.#stages[stage].at(-1)!.output;
  }

  /** Takes the known gradient of a stage's output, if there is one. */
  #gradientOf(stage: number): Block | undefined {
    const gradient = this.#gradients.get(stage);
    this.#gradients.delete(stage);
    return gradient;
  }

  #addGradient(stage: number, gradient: Block): void {
    const known = this.#gradients.get(stage);
    const size = sizeOf(this.#outputOf(stage).shape);
    const sum = known ? addBlocks(this.#memory, known, gradient, size) : gradient;
    this.#gradients.set(stage, sum);
  }

  #release(): void {
    this.#memory.releaseAll();
    for (const block of this.#gradients.values()) this.#memory.release(block);
    this.#gradients.clear();
  }
}
