import * as tf from "@tensorflow/tfjs";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { Block } from "../arena.ts";
import { FrozenFilter } from "./frozen_filter.ts";
import type { BlockShape } from "../../../nn/architecture.ts";
import type { FoldedConvolution } from "../../../nn/fold_batch_norm.ts";
import type { FoldedResNet } from "../../../nn/folded_resnet.ts";
import { identityFilter } from "../../../nn/shortcut.ts";
import { UserError } from "../../../user_error.ts";

/** A convolution with a bias, and its filter for the backward pass. */
interface FrozenConvolution {
  readonly filter: FrozenFilter;
  readonly turned: FrozenFilter;
  readonly bias: Block;
}

interface FrozenBlock {
  readonly shape: BlockShape;
  readonly first: FrozenConvolution;
  readonly second: FrozenConvolution;
  /** The option-A shortcut; null for the identity. */
  readonly shortcut: FrozenFilter | null;
}

/** The weights of a frozen network in oneDNN's memory. */
export class FrozenLayers {
  readonly classes: number;
  /** The channels of the last stage. */
  readonly channels: number;
  readonly stem: FrozenConvolution;
  readonly blocks: readonly FrozenBlock[];
  /** `[channels, classes]` and `[classes]` */
  readonly weight: Block;
  readonly bias: Block;
  readonly #backend: OnednnBackend;

  /**
   * Copies the weights.
   *
   * @throws UserError if one is not finite
   */
  constructor(backend: OnednnBackend, { classes, stem, blocks, weight, bias }: FoldedResNet) {
    this.#backend = backend;
    const convolutions = [stem, ...blocks.flatMap(({ first, second }) => [first, second])];
    // oneDNN's ReLU makes 0 of NaN, so the logits would be finite, and wrong.
    for (const tensor of convolutions.flatMap(({ filter, bias }) => [filter, bias])) {
      if (backend.values(tensor).every(Number.isFinite)) continue;
      throw new UserError("the network to freeze has weights that are not finite; load it again");
    }
    this.classes = classes;
    this.channels = weight.shape[0];
    this.stem = this.#convolution(stem);
    this.blocks = blocks.map(({ shape, first, second }) => ({
      shape,
      first: this.#convolution(first),
      second: this.#convolution(second),
      shortcut: shape.stride === 1 ? null : this.#shortcut(shape),
    }));
    this.weight = backend.arena.copyOf(backend.values(weight));
    this.bias = backend.arena.copyOf(backend.values(bias));
  }

  dispose(): void {
    const { arena } = this.#backend;
    const convolutions = [
      this.stem,
      ...this.blocks.flatMap(({ first, second }) => [first, second]),
    ];
    for (const { filter, turned, bias } of convolutions) {
      filter.dispose();
      turned.dispose();
      arena.release(bias);
    }
    for (const { shortcut } of this.blocks) shortcut?.dispose();
    arena.release(this.weight);
    arena.release(this.bias);
  }

  #convolution({ filter, bias }: FoldedConvolution): FrozenConvolution {
    const frozen = new FrozenFilter(this.#backend, this.#backend.values(filter), filter.shape);
    return {
      filter: frozen,
      turned: frozen.turned(),
      bias: this.#backend.arena.copyOf(this.#backend.values(bias)),
    };
  }

  #shortcut({ inChannels, outChannels }: BlockShape): FrozenFilter {
    const identity = tf.tidy(() => identityFilter(inChannels, outChannels));
    const filter = new FrozenFilter(this.#backend, this.#backend.values(identity), identity.shape);
    identity.dispose();
    return filter;
  }
}
