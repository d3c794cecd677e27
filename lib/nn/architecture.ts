import { UserError } from "../user_error.ts";

/** A residual network of He et al. (2016) for small images: three stages of n basic blocks. */
export interface Architecture {
  /** 6n + 2: 8, 14, 20, 26, … */
  readonly depth: number;
  /** Channels of the input images. */
  readonly channels: number;
  readonly classes: number;
}

/** Channels of the three stages; the second and third halve height and width. */
export const STAGE_CHANNELS = [16, 32, 64] as const;

/** One 3×3 convolution pair with its shortcut, by its place in the network. */
export interface BlockShape {
  /** PyTorch's name for it: "layer2.0" is the first block of the second stage. */
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
}

/** The blocks of each stage, first to last. */
export function blocksOf({ depth }: Architecture): BlockShape[][] {
  return STAGE_CHANNELS.map((outChannels, stage) =>
    Array.from({ length: (depth - 2) / 6 }, (_, index) => ({
      name: `layer${stage + 1}.${index}`,
      inChannels: index === 0 ? STAGE_CHANNELS[Math.max(stage - 1, 0)] : outChannels,
      outChannels,
      stride: index === 0 && stage > 0 ? 2 : 1,
    }))
  );
}

/** Which of the blocks, all stages one after the other, are the last of a stage. */
export function stageEnds(blocks: readonly BlockShape[]): number[] {
  return blocks.flatMap(({ outChannels }, k) =>
    outChannels === blocks[k + 1]?.outChannels ? [] : [k]
  );
}

/**
 * "resnet8" → 8.
 *
 * @throws UserError if it is not "resnet" with 6n + 2 layers
 */
export function parseDepth(name: string): number {
  const depth = Number(/^resnet(\d+)$/.exec(name)?.[1]);
  if (!(depth >= 8) || depth % 6 !== 2) {
    throw new UserError(
      `there is no network "${name}"; use resnet8, resnet14, resnet20, resnet26 or any resnet<6n+2>`,
    );
  }
  return depth;
}

/** What a parameter or running statistic is for: its name and its shape in PyTorch's layout. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** Every parameter and running statistic, in PyTorch's order. */
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
  const [first] = STAGE_CHANNELS;
  const last = STAGE_CHANNELS.at(-1)!;
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
