import * as tf from "@tensorflow/tfjs";
import { type Block, floatsIn } from "../arena.ts";
import { batchStatistics } from "../batch_statistics.ts";
import { Argument, BYTES, DataType } from "../constants.ts";
import { convolve, filterGradient, inputGradient } from "../convolution.ts";
import { addition, relu, reluGradient } from "../elementwise.ts";
import { normalisationBackward, normalisationForward } from "../normalisation.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import {
  addShortcut,
  addShortcutGradient,
  conversion,
  poolProduct,
  type Shape,
  spreadProduct,
} from "./training_steps.ts";
import type { BlockShape } from "../../../nn/architecture.ts";
import type { Precision } from "../../../nn/freeze.ts";
import type { BatchStatistics, TrainedNetwork, TrainingPass } from "../../../nn/training_pass.ts";

type Pointer = Deno.PointerValue;

/** A feature map in the type of the pass. */
interface FeatureMap {
  readonly shape: Shape;
  readonly pointer: Pointer;
}

/** A convolution with its batch-norm, and what its way back needs. */
interface Layer {
  readonly filter: string;
  readonly norm: string;
  readonly info: tf.backend_util.Conv2DInfo;
  readonly input: FeatureMap;
  readonly convolved: Pointer;
  readonly mean: Pointer;
  readonly variance: Pointer;
  readonly output: FeatureMap;
  /** Of a ReLU that batch-norm does itself */
  readonly workspace: Pointer | null;
}

interface ResidualBlock {
  readonly input: FeatureMap;
  readonly first: Layer;
  readonly second: Layer;
}

/**
 * A training pass as a flat list of oneDNN primitives over blocks of the arena. Feature maps and their
 * gradients have the type of the pass; parameters, their gradients and statistics are float32.
 */
export class OnednnTrainingPass implements TrainingPass {
  readonly token: tf.Scalar;
  readonly pooled: tf.Tensor2D;
  readonly statistics = new Map<string, BatchStatistics>();
  readonly #backend: OnednnBackend;
  readonly #type: DataType;
  readonly #epsilon: number;
  /** Where the parameters were at the start: a variable that is assigned to moves on. */
  readonly #parameters: ReadonlyMap<string, tf.TensorInfo>;
  readonly #kept: Block[] = [];
  readonly #stem: Layer;
  readonly #stages: ResidualBlock[][];
  /** The gradient of each stage's output, as far as it is known. */
  readonly #gradients = new Map<number, Block>();

  /** Runs the forward pass. The images and parameters must live as long as the token. */
  constructor(
    backend: OnednnBackend,
    images: tf.Tensor4D,
    { stages, parameters, epsilon }: TrainedNetwork,
    precision: Precision,
  ) {
    this.#backend = backend;
    this.#type = DataType[precision];
    this.#epsilon = epsilon;
    this.#parameters = new Map(
      [...parameters].map(([name, { dataId, shape, dtype }]) => [name, { dataId, shape, dtype }]),
    );
    const { info } = backend.output([]);
    this.token = asTensor(info);
    backend.whenDisposed(info, () => this.#release());
    this.#stem = this.#layer("conv1", "bn1", this.#source(images), 1, true);
    let x = this.#stem.output;
    this.#stages = stages.map((blocks) =>
      blocks.map((shape) => {
        const block = this.#block(shape, x);
        x = block.second.output;
        return block;
      })
    );
    this.pooled = this.#pool(x);
  }

  feature(stage: number): tf.Tensor4D {
    if (this.#kept.length === 0) {
      throw new Error("the training pass is over, and its maps are gone");
    }
    const { shape, pointer } = this.#outputOf(stage);
    const copy = this.#backend.output([...shape]);
    conversion(this.#backend, sizeOf(shape), this.#type, DataType.f32)
      .execute(pointer, copy.pointer);
    return asTensor(copy.info);
  }

  takeFeatureGradient(stage: number, gradient: tf.Tensor4D): void {
    const block = this.#mapBlock(gradient.shape);
    conversion(this.#backend, gradient.size, DataType.f32, this.#type)
      .execute(this.#backend.pointer(gradient), block.pointer);
    this.#addGradient(stage, block);
  }

  takePooledGradient(gradient: tf.Tensor2D): void {
    const last = this.#stages.length - 1;
    const { shape } = this.#outputOf(last);
    const [, height, width] = shape;
    const scaled = tf.tidy(() => tf.div(gradient, height * width));
    const values = this.#mapBlock(scaled.shape);
    conversion(this.#backend, scaled.size, DataType.f32, this.#type)
      .execute(this.#backend.pointer(scaled), values.pointer);
    scaled.dispose();
    const block = this.#mapBlock(shape);
    const { primitive, ones } = spreadProduct(this.#backend, shape, this.#type);
    primitive.execute(ones, values.pointer, block.pointer);
    this.#backend.arena.release(values);
    this.#addGradient(last, block);
  }

  back(stage: number): ReadonlyMap<string, tf.Tensor> {
    const gradients = new Map<string, tf.Tensor>();
    let gradient = this.#gradients.get(stage)!;
    this.#gradients.delete(stage);
    this.#stages[stage].toReversed().forEach((block, fromLast, { length }) => {
      const isFirst = fromLast === length - 1;
      const others = isFirst ? this.#gradients.get(stage - 1) : undefined;
      if (others) this.#gradients.delete(stage - 1);
      gradient = this.#backThroughBlock(block, gradient, others, gradients);
    });
    if (stage > 0) {
      this.#gradients.set(stage - 1, gradient);
    } else {
      this.#backThroughLayer(this.#stem, gradient.pointer, gradient.pointer, gradients);
      this.#backend.arena.release(gradient);
    }
    return gradients;
  }

  #source(images: tf.Tensor4D): FeatureMap {
    const pointer = this.#backend.pointer(images);
    if (this.#type === DataType.f32) return { shape: images.shape, pointer };
    const rounded = this.#keep(this.#mapBlock(images.shape));
    conversion(this.#backend, images.size, DataType.f32, this.#type).execute(pointer, rounded);
    return { shape: images.shape, pointer: rounded };
  }

  #block({ name, stride }: BlockShape, input: FeatureMap): ResidualBlock {
    const first = this.#layer(`${name}.conv1`, `${name}.bn1`, input, stride, true);
    const second = this.#layer(`${name}.conv2`, `${name}.bn2`, first.output, 1, false);
    const { shape, pointer } = second.output;
    if (stride === 1) {
      addition(this.#backend, sizeOf(shape), true, this.#type)
        .execute(pointer, input.pointer, pointer);
    } else {
      const ends = { large: input.shape, small: shape, largeAt: input.pointer, smallAt: pointer };
      addShortcut(this.#backend, ends, this.#type);
      relu(this.#backend, sizeOf(shape), this.#type).execute(pointer, pointer);
    }
    return { input, first, second };
  }

  #layer(conv: string, norm: string, input: FeatureMap, stride: 1 | 2, fused: boolean): Layer {
    const backend = this.#backend;
    const type = this.#type;
    const filter = `${conv}.weight`;
    const info = tf.backend_util.computeConv2DInfo(
      [...input.shape],
      this.#parameters.get(filter)!.shape as [number, number, number, number],
      ...[stride, 1, 1] as const,
    );
    const shape = info.outShape;
    const channels = info.outChannels;
    const convolved = this.#keep(this.#mapBlock(shape));
    convolve(backend, info, {
      ...{ x: input.pointer, filter: this.#parameter(filter), y: convolved, type },
    });
    const y = this.#keep(this.#mapBlock(shape));
    const [mean, variance] = [0, 0].map(() => backend.arena.allocate(4 * channels));
    const values = [mean, variance].map((block) => floatsIn(block, channels));
    batchStatistics(backend, convolved, shape, y, values[0], values[1], type);
    const primitive = normalisationForward(backend, shape, this.#epsilon, fused, type);
    const workspace = fused
      ? this.#keep(backend.arena.allocate(primitive.sizeOf(Argument.workspace)))
      : null;
    primitive.execute(
      ...[convolved, this.#parameter(`${norm}.weight`), this.#parameter(`${norm}.bias`)],
      ...[mean.pointer, variance.pointer, y, ...(fused ? [workspace] : [])],
    );
    const [meanCopy, varianceCopy] = values.map((value) => tf.tensor1d(value.slice()));
    const count = sizeOf(shape) / channels;
    this.statistics.set(norm, { mean: meanCopy, variance: varianceCopy, count });
    return {
      ...{ filter, norm, info, input, convolved, workspace },
      mean: this.#keep(mean),
      variance: this.#keep(variance),
      output: { shape, pointer: y },
    };
  }

  #pool({ shape, pointer }: FeatureMap): tf.Tensor2D {
    const pooled = this.#backend.output([shape[0], shape[3]]);
    const { primitive, weights } = poolProduct(this.#backend, shape, this.#type);
    primitive.execute(weights, pointer, pooled.pointer);
    return asTensor(pooled.info);
  }

  /**
   * Goes back through a block.
   *
   * @param gradient of its output; it is released
   * @param others what is known of the gradient of its input already; it is released
   * @returns the gradient of its input
   */
  #backThroughBlock(
    { input, first, second }: ResidualBlock,
    gradient: Block,
    others: Block | undefined,
    gradients: Map<string, tf.Tensor>,
  ): Block {
    const backend = this.#backend;
    const { arena } = backend;
    const { output } = second;
    const size = sizeOf(output.shape);
    reluGradient(backend, size, this.#type)
      .execute(output.pointer, gradient.pointer, gradient.pointer);
    const dConvolved = this.#mapBlock(output.shape);
    const dInner = this.#mapBlock(first.output.shape);
    this.#backThroughLayer(second, gradient.pointer, dConvolved.pointer, gradients, dInner.pointer);
    arena.release(dConvolved);
    const dInput = this.#mapBlock(input.shape);
    this.#backThroughLayer(first, dInner.pointer, dInner.pointer, gradients, dInput.pointer);
    arena.release(dInner);
    const sum = (others ?? dInput).pointer;
    if (first.info.strideHeight === 1) {
      addition(backend, size, false, this.#type).execute(sum, gradient.pointer, sum);
    } else {
      const ends = {
        large: input.shape,
        small: output.shape,
        largeAt: sum,
        smallAt: gradient.pointer,
      };
      addShortcutGradient(backend, ends, this.#type);
    }
    arena.release(gradient);
    return others ? this.#sum(dInput, others, sizeOf(input.shape)) : dInput;
  }

  /**
   * Goes back through batch-norm and convolution.
   *
   * @param dConvolved where the gradient of the convolution's output goes; may be where `dOutput` is
   * @param dInput where the gradient of the layer's input goes; left out for images
   */
  #backThroughLayer(
    { filter, norm, info, input, convolved, mean, variance, workspace }: Layer,
    dOutput: Pointer,
    dConvolved: Pointer,
    gradients: Map<string, tf.Tensor>,
    dInput?: Pointer,
  ): void {
    const backend = this.#backend;
    const type = this.#type;
    const [dFilter, dGamma, dBeta] = [filter, `${norm}.weight`, `${norm}.bias`].map((name) => {
      const { info, pointer } = backend.output([...this.#parameters.get(name)!.shape]);
      gradients.set(name, asTensor(info));
      return pointer;
    });
    const fused = workspace !== null;
    normalisationBackward(backend, info.outShape, this.#epsilon, fused, type).execute(
      ...[convolved, dOutput, this.#parameter(`${norm}.weight`), mean, variance],
      ...[dConvolved, dGamma, dBeta, ...(fused ? [workspace] : [])],
    );
    filterGradient(backend, info, { x: input.pointer, dy: dConvolved, dw: dFilter, type });
    if (dInput === undefined) return;
    inputGradient(backend, info, {
      ...{ dy: dConvolved, filter: this.#parameter(filter), dx: dInput, type },
    });
  }

  #addGradient(stage: number, gradient: Block): void {
    const known = this.#gradients.get(stage);
    const size = sizeOf(this.#outputOf(stage).shape);
    this.#gradients.set(stage, known ? this.#sum(known, gradient, size) : gradient);
  }

  /** Adds the second to the first and releases it. */
  #sum(first: Block, second: Block, size: number): Block {
    addition(this.#backend, size, false, this.#type)
      .execute(first.pointer, second.pointer, first.pointer);
    this.#backend.arena.release(second);
    return first;
  }

  #outputOf(stage: number): FeatureMap {
    return this.#stages[stage].at(-1)!.second.output;
  }

  #parameter(name: string): Pointer {
    return this.#backend.pointer(this.#parameters.get(name)!);
  }

  #mapBlock(shape: readonly number[]): Block {
    return this.#backend.arena.allocate(BYTES[this.#type] * sizeOf(shape));
  }

  #keep(block: Block): Pointer {
    this.#kept.push(block);
    return block.pointer;
  }

  #release(): void {
    for (const block of this.#kept.splice(0)) this.#backend.arena.release(block);
    for (const block of this.#gradients.values()) this.#backend.arena.release(block);
    this.#gradients.clear();
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function asTensor<T extends tf.Tensor>(info: tf.TensorInfo): T {
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}
