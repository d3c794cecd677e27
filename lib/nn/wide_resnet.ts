import * as tf from "@tensorflow/tfjs";
import type { Architecture, BlockShape, Layers } from "./architecture.ts";
import { foldConvolution, scaleAndShift } from "./fold_batch_norm.ts";
import type { FrozenNetwork } from "./frozen_classifier.ts";
import { FrozenWideResNet } from "./frozen_wide_resnet.ts";
import { globalAveragePool, ImageNetwork } from "./image_network.ts";
import type { Weight } from "./layout.ts";
import type { ForwardMode, NetworkOutput } from "./network.ts";
import type { NetworkFamily } from "./network_family.ts";
import {
  batchNormShapes,
  filterShape,
  linearShapes,
  type ParameterShape,
} from "./parameter_shapes.ts";
import type { Precision } from "./precision.ts";
import { UserError } from "../user_error.ts";

/** The channels of the first convolution. They don't grow with the width. */
const STEM = 16;

/**
 * A wide ResNet (Zagoruyko and Komodakis 2016) without dropout: pre-activation blocks, and a 1×1
 * convolution as the shortcut where the channels change. Tensors have the names of the common
 * PyTorch code. It runs as plain operations, so it has only float32.
 */
class WideResNet extends ImageNetwork {
  readonly featureChannels: readonly number[];
  readonly #blocks: BlockShape[];

  constructor(architecture: Architecture, weights: ReadonlyMap<string, Weight>) {
    super(architecture, shapesOf(architecture), weights);
    const stages = blocksOf(architecture);
    this.featureChannels = stages.map(([{ outChannels }]) => outChannels);
    this.#blocks = stages.flat();
  }

  forward(images: tf.Tensor4D, { training, precision = "f32" }: ForwardMode): NetworkOutput {
    this.requirePrecision(precision);
    const normalise = this.normalisation(training);
    const features: tf.Tensor4D[] = [];
    let x = this.convolve("conv1", images);
    for (const { name, stride, inChannels, outChannels } of this.#blocks) {
      const active = normalise(`${name}.bn1`, x);
      // Distillation methods compare maps after their ReLU. A stage's output gets its ReLU in the
      // first block of the next stage, which has no other input.
      if (stride === 2) features.push(active);
      const inner = normalise(`${name}.bn2`, this.convolve(`${name}.conv1`, active, stride));
      const shortcut = inChannels === outChannels
        ? x
        : this.convolve(`${name}.convShortcut`, active, stride);
      x = tf.add(this.convolve(`${name}.conv2`, inner), shortcut);
    }
    const last = normalise("bn1", x);
    return { logits: this.linear("fc", globalAveragePool(last)), features: [...features, last] };
  }

  freeze(precision: Precision): FrozenNetwork {
    this.requirePrecision(precision);
    const variables = new Map<string, tf.Tensor>(this.variables());
    // A clone keeps its values when the variable gets new ones.
    const copy = <T extends tf.Tensor>(name: string) => tf.clone(variables.get(name)!) as T;
    return new FrozenWideResNet({
      stem: copy("conv1.weight"),
      blocks: this.#blocks.map(({ name, stride, inChannels, outChannels }) => ({
        stride,
        before: scaleAndShift(variables, `${name}.bn1`),
        first: foldConvolution(variables, `${name}.conv1`, `${name}.bn2`),
        second: copy(`${name}.conv2.weight`),
        shortcut: inChannels === outChannels ? null : copy(`${name}.convShortcut.weight`),
      })),
      after: scaleAndShift(variables, "bn1"),
      weight: copy("fc.weight"),
      bias: copy("fc.bias"),
    }, this.featureChannels);
  }

  requirePrecision(precision: Precision): void {
    if (precision === "f32") return;
    throw new UserError(
      `a ${nameOf(this.architecture)} runs only in f32, not in ${precision}; choose f32`,
    );
  }
}

/** Wide ResNets: "wrn-16-2" has 16 layers, and twice the channels of a ResNet in its stages. */
export const wideResNets: NetworkFamily = {
  family: "wrn",
  names: "wrn-16-2, wrn-40-2 or any other wrn-<depth>-<width> with a depth of 6n + 4 and a width " +
    "from 1 to 10",
  tensors: "conv1.weight, three of block<k>.layer with equally many blocks, bn1 and fc.weight",
  parse(name) {
    const [, depth, width] = /^wrn-([1-9]\d*)-([1-9]\d*)$/.exec(name) ?? [];
    return layersOf(Number(depth), Number(width));
  },
  nameOf,
  shapesOf,
  infer(tensors) {
    const [first, filter, linear] = ["conv1", "block1.layer.0.conv1", "fc"]
      .map((name) => tensors.get(`${name}.weight`)?.shape ?? []);
    const names = [...tensors.keys()].flatMap((name) => /^block\d\.layer\.\d+/.exec(name) ?? []);
    const layers = layersOf(2 * new Set(names).size + 4, filter[0] / STEM);
    if (first.length !== 4 || linear.length !== 2 || !layers) return undefined;
    return { ...layers, channels: first[1], classes: linear[0] };
  },
  create: (architecture, weights) => new WideResNet(architecture, weights),
};

/** Gives the layers; undefined if there is no such network. */
function layersOf(depth: number, width: number): Layers | undefined {
  const exists = depth > 4 && depth % 6 === 4 && Number.isInteger(width) && width >= 1 &&
    width <= 10;
  return exists ? { family: "wrn", depth, width } : undefined;
}

function nameOf({ depth, width }: Layers): string {
  return `wrn-${depth}-${width}`;
}

function blocksOf({ depth, width = 1 }: Layers): BlockShape[][] {
  return [STEM, 2 * STEM, 4 * STEM].map((channels, stage) =>
    Array.from({ length: (depth - 4) / 6 }, (_, index) => ({
      name: `block${stage + 1}.layer.${index}`,
      inChannels: index > 0 ? channels * width : stage > 0 ? channels / 2 * width : STEM,
      outChannels: channels * width,
      stride: index === 0 && stage > 0 ? 2 : 1,
    }))
  );
}

function shapesOf(architecture: Architecture): ParameterShape[] {
  const stages = blocksOf(architecture);
  const [{ outChannels: last }] = stages.at(-1)!;
  return [
    filterShape("conv1", architecture.channels, STEM),
    ...stages.flatMap((blocks, stage) =>
      blocks.flatMap(({ name, inChannels, outChannels }) => {
        const reduction = 2 ** stage;
        return [
          ...batchNormShapes(`${name}.bn1`, inChannels),
          filterShape(`${name}.conv1`, inChannels, outChannels, { reduction }),
          ...batchNormShapes(`${name}.bn2`, outChannels),
          filterShape(`${name}.conv2`, outChannels, outChannels, { reduction }),
          ...inChannels === outChannels ? [] : [
            filterShape(`${name}.convShortcut`, inChannels, outChannels, { side: 1, reduction }),
          ],
        ];
      })
    ),
    ...batchNormShapes("bn1", last),
    ...linearShapes("fc", last, architecture.classes),
  ];
}
