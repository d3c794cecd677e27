import * as tf from "@tensorflow/tfjs";
import { type BlockShape, blocksOf } from "./architecture.ts";
import { foldConvolution, type FoldedConvolution } from "./fold_batch_norm.ts";
import type { ImageNetwork } from "./image_network.ts";

interface FoldedBlock {
  readonly shape: BlockShape;
  readonly first: FoldedConvolution;
  readonly second: FoldedConvolution;
}

/** A ResNet in inference mode: convolutions with a bias, ReLUs, shortcuts, and a linear layer. */
export interface FoldedResNet {
  readonly classes: number;
  readonly stem: FoldedConvolution;
  readonly blocks: readonly FoldedBlock[];
  /** `[channels, classes]` */
  readonly weight: tf.Tensor2D;
  /** `[classes]` */
  readonly bias: tf.Tensor1D;
}

/** Copies a ResNet in its present state and folds each batch-norm into its convolution. */
export function foldBatchNorm(network: ImageNetwork): FoldedResNet {
  const variables = new Map(network.variables());
  const fold = (convolution: string, batchNorm: string) =>
    foldConvolution(variables, convolution, batchNorm);
  return {
    classes: network.architecture.classes,
    stem: fold("conv1", "bn1"),
    blocks: blocksOf(network.architecture).flat().map((shape) => ({
      shape,
      first: fold(`${shape.name}.conv1`, `${shape.name}.bn1`),
      second: fold(`${shape.name}.conv2`, `${shape.name}.bn2`),
    })),
    weight: tf.clone(variables.get("linear.weight")!) as tf.Tensor2D,
    bias: tf.clone(variables.get("linear.bias")!) as tf.Tensor1D,
  };
}

export function disposeFolded({ stem, blocks, weight, bias }: FoldedResNet): void {
  const folded = [stem, ...blocks.flatMap(({ first, second }) => [first, second])];
  tf.dispose(folded.flatMap(({ filter, bias }) => [filter, bias]));
  tf.dispose([weight, bias]);
}
