import * as tf from "@tensorflow/tfjs";
import { floatsIn, type Pointer } from "../arena.ts";
import { asTensor } from "../as_tensor.ts";
import { batchStatistics } from "../batch_statistics.ts";
import { Argument } from "../constants.ts";
import { convolve, filterGradient, inputGradient } from "../convolution.ts";
import { normalisationBackward, normalisationForward } from "../normalisation.ts";
import { type FeatureMap, type PassMemory } from "./pass_memory.ts";
import type { BatchStatistics } from "../../../nn/training_pass.ts";
import { sizeOf } from "../memory_layout.ts";

/** The parts of a layer of a training pass. */
interface LayerShape {
  /** "conv1" and "bn1": prefixes of its parameters' names */
  readonly convolution: string;
  readonly norm: string;
  readonly stride: 1 | 2;
  /** True if a ReLU follows at once; batch-norm then does it too. */
  readonly relu: boolean;
  readonly epsilon: number;
}

/** A 3×3 convolution with its batch-norm, which keeps what its way back needs. */
export class TrainingLayer {
  readonly output: FeatureMap;
  readonly statistics: BatchStatistics;
  readonly stride: 1 | 2;
  readonly #memory: PassMemory;
  readonly #shape: LayerShape;
  readonly #geometry: tf.backend_util.Conv2DInfo;
  readonly #input: FeatureMap;
  readonly #convolved: Pointer;
  readonly #mean: Pointer;
  readonly #variance: Pointer;
  /** The mask of the ReLU, if there is one. */
  readonly #workspace: Pointer[];

  /** Runs the forward pass. */
  constructor(memory: PassMemory, shape: LayerShape, input: FeatureMap) {
    const { backend, type } = memory;
    const { convolution, norm, stride, relu, epsilon } = shape;
    this.#memory = memory;
    this.#shape = shape;
    this.#input = input;
    this.stride = stride;
    const filter = `${convolution}.weight`;
    this.#geometry = tf.backend_util.computeConv2DInfo(
      [...input.shape],
      memory.shapeOf(filter) as [number, number, number, number],
      stride,
      1,
      1,
    );
    const { outShape, outChannels } = this.#geometry;
    this.#convolved = memory.keep(memory.map(outShape));
    convolve(backend, this.#geometry, {
      x: input.pointer,
      filter: memory.parameter(filter),
      y: this.#convolved,
      type,
    });

    const y = memory.keep(memory.map(outShape));
    const [mean, variance] = [0, 0].map(() => backend.arena.allocate(4 * outChannels));
    const values = [mean, variance].map((block) => floatsIn(block, outChannels));
    batchStatistics(backend, this.#convolved, outShape, y, values[0], values[1], type);
    this.#mean = memory.keep(mean);
    this.#variance = memory.keep(variance);
    const normalise = normalisationForward(backend, outShape, epsilon, relu, type);
    this.#workspace = relu
      ? [memory.keep(backend.arena.allocate(normalise.sizeOf(Argument.workspace)))]
      : [];
    normalise.execute(
      this.#convolved,
      memory.parameter(`${norm}.weight`),
      memory.parameter(`${norm}.bias`),
      this.#mean,
      this.#variance,
      y,
      ...this.#workspace,
    );
    this.output = { shape: outShape, pointer: y };
    this.statistics = {
      mean: tf.tensor1d(values[0].slice()),
      variance: tf.tensor1d(values[1].slice()),
      count: sizeOf(outShape) / outChannels,
    };
  }

  /**
   * Goes back, and adds the gradients of its parameters to `gradients`.
   *
   * @param dOutput the gradient of the output
   * @param dConvolved where the gradient of the convolution goes; may be the place of `dOutput`
   * @param dInput where the gradient of the input goes. Default: nowhere
   */
  back(
    dOutput: Pointer,
    dConvolved: Pointer,
    gradients: Map<string, tf.Tensor>,
    dInput?: Pointer,
  ): void {
    const { backend, type } = this.#memory;
    const { convolution, norm, relu, epsilon } = this.#shape;
    const filter = `${convolution}.weight`;
    const [dFilter, dGamma, dBeta] = [filter, `${norm}.weight`, `${norm}.bias`].map((name) => {
      const { info, pointer } = backend.output([...this.#memory.shapeOf(name)]);
      gradients.set(name, asTensor(info));
      return pointer;
    });
    normalisationBackward(backend, this.#geometry.outShape, epsilon, relu, type).execute(
      this.#convolved,
      dOutput,
      this.#memory.parameter(`${norm}.weight`),
      this.#mean,
      this.#variance,
      dConvolved,
      dGamma,
      dBeta,
      ...this.#workspace,
    );
    filterGradient(backend, this.#geometry, {
      x: this.#input.pointer,
      dy: dConvolved,
      dw: dFilter,
      type,
    });
    if (dInput === undefined) return;
    inputGradient(backend, this.#geometry, {
      dy: dConvolved,
      filter: this.#memory.parameter(filter),
      dx: dInput,
      type,
    });
  }
}
