import {
  batchNormShapes,
  filterShape,
  linearShapes,
  type ParameterShape,
} from "./parameter_shapes.ts";

/** The layers of a network: stages of n residual blocks. */
export interface Layers {
  /** The family, "wrn"; left out for residual networks of He et al. (2016). */
  readonly family?: string;
  /** 6n + 2 with three stages of He et al., 8n + 2 with four; 6n + 4 in a wide ResNet. */
  readonly depth: number;
  /** Left out for three stages, so that each network has only one description. */
  readonly stages?: 4;
  /** The channels of the layers, in multiples of those of He et al.; left out for 1. */
  readonly width?: number;
}

/** A network with its first and last layer. */
export interface Architecture extends Layers {
  /** Channels of the input images. */
  readonly channels: number;
  readonly classes: number;
}

/** Lists the channels of a ResNet's stages. Each stage but the first halves height and width. */
export function stageChannels({ stages, width }: Layers): number[] {
  return [16, 32, 64, 128].slice(0, stages ?? 3).map((channels) => channels * (width ?? 1));
}

/** The shape and place of a basic block: two 3×3 convolutions and a shortcut. */
export interface BlockShape {
  /** PyTorch's name: "layer2.0" is the first block of the second stage. */
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
}

/** Lists the blocks of each stage of a ResNet, first to last. */
export function blocksOf(layers: Layers): BlockShape[][] {
  const channels = stageChannels(layers);
  return channels.map((outChannels, stage) =>
    Array.from({ length: (layers.depth - 2) / 2 / channels.length }, (_, index) => ({
      name: `layer${stage + 1}.${index}`,
      inChannels: index === 0 ? channels[Math.max(stage - 1, 0)] : outChannels,
      outChannels,
      stride: index === 0 && stage > 0 ? 2 : 1,
    }))
  );
}

/** Lists the indices, among the blocks of all stages, of those that are the last of their stage. */
export function stageEnds(blocks: readonly BlockShape[]): number[] {
  return blocks.flatMap(({ outChannels }, k) =>
    outChannels === blocks[k + 1]?.outChannels ? [] : [k]
  );
}

/** Lists the output channels of each stage, from the blocks of all stages. */
export function outputChannels(blocks: readonly BlockShape[]): number[] {
  return stageEnds(blocks).map((k) => blocks[k].outChannels);
}

/** Lists every parameter and running statistic of a ResNet, in PyTorch's order. */
export function resNetShapes(architecture: Architecture): ParameterShape[] {
  const channels = stageChannels(architecture);
  return [
    filterShape("conv1", architecture.channels, channels[0]),
    ...batchNormShapes("bn1", channels[0]),
    ...blocksOf(architecture).flatMap((blocks, stage) =>
      blocks.flatMap(({ name, inChannels, outChannels }) => [
        filterShape(`${name}.conv1`, inChannels, outChannels, { reduction: 2 ** stage }),
        ...batchNormShapes(`${name}.bn1`, outChannels),
        filterShape(`${name}.conv2`, outChannels, outChannels, { reduction: 2 ** stage }),
        ...batchNormShapes(`${name}.bn2`, outChannels),
      ])
    ),
    ...linearShapes("linear", channels.at(-1)!, architecture.classes),
  ];
}
