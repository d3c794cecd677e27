import { UserError } from "../user_error.ts";

/**
 * The layers of a residual network of He et al. (2016) for small images: stages of n basic blocks.
 *
 * Three stages, for 32×32, are theirs and the paper's. The fourth, for 64×64, is ours: the paper
 * does not say which networks it uses for that size.
 */
export interface Layers {
  /** 6n + 2 with three stages: 8, 14, 20, 26, …; 8n + 2 with four: 10, 18, 26, … */
  readonly depth: number;
  /** Left out for three stages, so that each network has only one description. */
  readonly stages?: 4;
  /** The channels of every layer, in multiples of those of He et al.; left out for 1. */
  readonly width?: number;
}

/** A network with its first and last layer. */
export interface Architecture extends Layers {
  /** Channels of the input images. */
  readonly channels: number;
  readonly classes: number;
}

/** Lists the channels of the stages. Each stage but the first halves height and width. */
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

/** Lists the blocks of each stage, first to last. */
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

/** The widest network, a multiple of the channels of He et al. */
const WIDEST = 10;

/** Tells whether there is a network of so many layers, stages and channels. */
export function isNetwork(layers: Layers): boolean {
  const { depth, width = 1 } = layers;
  return depth > 2 && depth % (2 * stageChannels(layers).length) === 2 &&
    Number.isInteger(width) && width >= 1 && width <= WIDEST;
}

/** Returns a network's name: "resnet8", "resnet8x4" or "resnet10-4stage". */
export function networkName({ depth, width, stages }: Layers): string {
  return `resnet${depth}${width ? `x${width}` : ""}${stages ? `-${stages}stage` : ""}`;
}

/**
 * Reads a network's name: "resnet8" has 8 layers in three stages, "resnet8x4" four times as many
 * channels in each, and "resnet10-4stage" has 10 layers in four stages.
 *
 * Networks called resnet8x4 elsewhere (RepDistiller) have a first layer of half that width, and
 * shortcuts with weights.
 *
 * @throws UserError if no network has so many layers in so many stages, or is so wide
 */
export function parseNetwork(name: string): Layers {
  const [, digits, multiple, fourth] = /^resnet(\d+)(?:x(\d+))?(-4stage)?$/.exec(name) ?? [];
  const width = Number(multiple ?? 1);
  const layers: Layers = {
    depth: Number(digits),
    ...(width > 1 && { width }),
    ...(fourth && { stages: 4 }),
  };
  if (isNetwork(layers) && networkName(layers) === name) return layers;
  throw new UserError(
    `there is no network "${name}"; use resnet8, resnet14, resnet20, resnet26 or any resnet<6n+2>, ` +
      `for 64×64 images resnet10-4stage, resnet18-4stage or any resnet<8n+2>-4stage, and for more ` +
      `channels resnet8x2, resnet8x4 or any other up to x${WIDEST}`,
  );
}

/** Returns the network of that name for a data set. @throws UserError as `parseNetwork` */
export function architectureFor(
  name: string,
  { channels, classes }: { readonly channels: number; readonly classes: readonly string[] },
): Architecture {
  return { ...parseNetwork(name), channels, classes: classes.length };
}

/** The name of a parameter or running statistic, and its shape in PyTorch's layout. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** Lists every parameter and running statistic, in PyTorch's order. */
export function parameterShapes(architecture: Architecture): ParameterShape[] {
  const convolution = (name: string, inChannels: number, outChannels: number) => [
    { name: `${name}.weight`, shape: [outChannels, inChannels, 3, 3], trainable: true },
  ];
  const batchNorm = (name: string, channels: number) => [
    { name: `${name}.weight`, shape: [channels], trainable: true },
    { name: `${name}.bias`, shape: [channels], trainable: true },
    { name: `${name}.running_mean`, shape: [channels], trainable: false },
    { name: `${name}.running_var`, shape: [channels], trainable: false },
  ];
  const channels = stageChannels(architecture);
  const [first, last] = [channels[0], channels.at(-1)!];
  return [
    ...convolution("conv1", architecture.channels, first),
    ...batchNorm("bn1", first),
    ...blocksOf(architecture).flat().flatMap(({ name, inChannels, outChannels }) => [
      ...convolution(`${name}.conv1`, inChannels, outChannels),
      ...batchNorm(`${name}.bn1`, outChannels),
      ...convolution(`${name}.conv2`, outChannels, outChannels),
      ...batchNorm(`${name}.bn2`, outChannels),
    ]),
    { name: "linear.weight", shape: [architecture.classes, last], trainable: true },
    { name: "linear.bias", shape: [architecture.classes], trainable: true },
  ];
}
