import type * as tf from "@tensorflow/tfjs";
import { FrozenLayers } from "./frozen_layers.ts";
import {
  type BackwardPlaces,
  backwardProgram,
  type ForwardPlaces,
  forwardProgram,
  reluShapes,
  type Workspace,
} from "./slice_program.ts";
import type { Shape } from "./slice_steps.ts";
import { type Block, offset, type Pointer } from "../arena.ts";
import { asTensor } from "../as_tensor.ts";
import { checkChannels } from "../check_channels.ts";
import { BYTES, DataType } from "../constants.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { FoldedResNet } from "../../../nn/folded_resnet.ts";
import { outputChannels, stageEnds } from "../../../nn/architecture.ts";
import type { FrozenNetwork, Pullback } from "../../../nn/frozen_classifier.ts";
import type { NetworkOutput } from "../../../nn/network.ts";
import { sizeOf } from "../memory_layout.ts";

/**
 * The number of images that go through the network at a time, so that feature maps stay in the
 * processor's cache. A ResNet26 takes 121 ms for 256 images in slices of 16 or 32, and 127 in
 * slices of 64.
 */
const SLICE = 32;

/**
 * A frozen network as a flat list of oneDNN primitives. Each convolution also adds the bias and the
 * residual and applies the ReLU; in the backward pass it adds the residual's gradient and applies
 * the ReLU's mask. A forward pass keeps only a byte for each output of a ReLU.
 */
export class SlicedNetwork implements FrozenNetwork {
  readonly classes: number;
  readonly featureChannels: readonly number[];
  readonly #backend: OnednnBackend;
  readonly #layers: FrozenLayers;
  readonly #type: DataType;
  readonly #programs = new Map<string, unknown>();
  #workspace: { readonly key: string; readonly blocks: Workspace } | undefined;
  readonly #channels: number;
  #isDisposed = false;

  constructor(backend: OnednnBackend, folded: FoldedResNet, type: DataType) {
    this.classes = folded.classes;
    this.featureChannels = outputChannels(folded.blocks.map(({ shape }) => shape));
    this.#backend = backend;
    this.#layers = new FrozenLayers(backend, folded);
    this.#channels = folded.stem.filter.shape[2]!;
    this.#type = type;
  }

  logits(images: tf.Tensor4D): tf.Tensor2D {
    return this.#forward(images, {});
  }

  forward(images: tf.Tensor4D): NetworkOutput {
    const shapes = reluShapes(this.#layers, images.shape);
    const relus = stageEnds(this.#layers.blocks.map(({ shape }) => shape)).map((k) => 2 * k + 2);
    const features = relus.map((relu) => ({ relu, ...this.#backend.output([...shapes[relu]]) }));
    const logits = this.#forward(images, { features });
    return { logits, features: features.map(({ info }) => asTensor<tf.Tensor4D>(info)) };
  }

  pullback(images: tf.Tensor4D): Pullback {
    const shapes = reluShapes(this.#layers, images.shape);
    const masks = shapes.map((shape) => this.#backend.arena.allocate(sizeOf(shape)));
    const logits = this.#forward(images, { masks });
    return {
      logits,
      toImages: (dLogits, rows) => this.#backward(dLogits, images.shape, masks, rows),
      dispose: () => {
        for (const mask of masks.splice(0)) this.#backend.arena.release(mask);
      },
    };
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#layers.dispose();
    this.#releaseWorkspace();
    this.#programs.clear();
  }

  /** @param kept memory for the results to keep besides the logits */
  #forward(
    images: tf.Tensor4D,
    { masks, features }: {
      readonly masks?: readonly Block[];
      readonly features?: readonly { readonly relu: number; readonly pointer: Pointer }[];
    },
  ): tf.Tensor2D {
    if (this.#isDisposed) throw new Error("this frozen network is disposed of");
    const [count, height, width, channels] = images.shape;
    checkChannels(channels, this.#channels);
    const from = this.#backend.pointer(images);
    const logits = this.#backend.output([count, this.classes]);
    const maps = reluShapes(this.#layers, [1, height, width, channels]).map(sizeOf);
    for (const { start, size } of slices(count)) {
      const program = this.#program(
        `forward ${masks !== undefined} ${features !== undefined}`,
        [size, height, width, channels],
        (shape, workspace) =>
          forwardProgram(this.#backend, this.#layers, shape, this.#type, workspace, {
            masks: masks !== undefined,
            features: features?.map(({ relu }) => relu) ?? [],
          }),
      );
      const places: ForwardPlaces = {
        images: offset(from, 4 * start * height * width * channels),
        logits: offset(logits.pointer, 4 * start * this.classes),
        masks: masks?.map(({ pointer }, relu) => offset(pointer, start * maps[relu])),
        features: features?.map(({ pointer, relu }) => offset(pointer, 4 * start * maps[relu])),
      };
      program(places);
    }
    return asTensor(logits.info);
  }

  #backward(
    dLogits: tf.Tensor2D,
    [, height, width, channels]: Shape,
    masks: readonly Block[],
    rows?: tf.Tensor1D,
  ): tf.Tensor4D {
    const count = dLogits.shape[0];
    const from = this.#backend.pointer(dLogits);
    const dImages = this.#backend.output([count, height, width, channels]);
    const maps = reluShapes(this.#layers, [1, height, width, channels]).map(sizeOf);
    const wanted = rows && this.#backend.values(rows);
    const gathered = wanted &&
      masks.map((_, relu) => this.#backend.arena.allocate(maps[relu] * SLICE));
    for (const { start, size } of slices(count)) {
      const program = this.#program(
        "backward",
        [size, height, width, channels],
        (shape, workspace) =>
          backwardProgram(this.#backend, this.#layers, shape, this.#type, workspace),
      );
      gathered?.forEach((block, relu) =>
        gather(masks[relu], wanted!.subarray(start, start + size), maps[relu], block)
      );
      const places: BackwardPlaces = {
        dLogits: offset(from, 4 * start * this.classes),
        masks: gathered?.map(({ pointer }) => pointer) ??
          masks.map(({ pointer }, relu) => offset(pointer, start * maps[relu])),
        dImages: offset(dImages.pointer, 4 * start * height * width * channels),
      };
      program(places);
    }
    for (const block of gathered ?? []) this.#backend.arena.release(block);
    return asTensor(dImages.info);
  }

  #program<Program>(
    name: string,
    shape: Shape,
    compile: (shape: Shape, workspace: Workspace) => Program,
  ): Program {
    const workspace = this.#workspaceFor(shape);
    const key = `${name} ${shape}`;
    let program = this.#programs.get(key) as Program | undefined;
    if (!program) {
      program = compile(shape, workspace);
      this.#programs.set(key, program);
    }
    return program;
  }

  /** Returns the workspace for images of this size. A new size drops all programs. */
  #workspaceFor([, height, width, channels]: Shape): Workspace {
    const key = `${height} ${width} ${channels}`;
    if (this.#workspace?.key !== key) {
      this.#releaseWorkspace();
      this.#programs.clear();
      const slice: Shape = [SLICE, height, width, channels];
      const largest = Math.max(...reluShapes(this.#layers, slice).map(sizeOf));
      const { arena } = this.#backend;
      const map = () => arena.allocate(largest * BYTES[this.#type]);
      const blocks: Workspace = {
        maps: [map(), map(), map(), map()],
        vectors: arena.allocate(4 * SLICE * this.#layers.channels),
        roundedVectors: arena.allocate(BYTES[this.#type] * SLICE * this.#layers.channels),
        images: arena.allocate(sizeOf(slice) * BYTES[this.#type]),
      };
      this.#workspace = { key, blocks };
    }
    return this.#workspace!.blocks;
  }

  #releaseWorkspace(): void {
    if (!this.#workspace) return;
    const { maps, vectors, roundedVectors, images } = this.#workspace.blocks;
    for (const block of [...maps, vectors, roundedVectors, images]) {
      this.#backend.arena.release(block);
    }
    this.#workspace = undefined;
  }
}

/** Divides images into whole slices, then halves, quarters, …: few sizes need few programs. */
function* slices(count: number): Iterable<{ start: number; size: number }> {
  let start = 0;
  for (let size = SLICE; start < count; size = Math.min(size, powerOfTwoBelow(count - start))) {
    if (count - start < size) continue;
    yield { start, size };
    start += size;
  }
}

function powerOfTwoBelow(count: number): number {
  return count > 0 ? 2 ** Math.floor(Math.log2(count)) : 1;
}

/** Copies rows of bytes. */
function gather(from: Block, rows: ArrayLike<number>, width: number, to: Block): void {
  const source = new Uint8Array(from.buffer, from.offset, from.bytes);
  const target = new Uint8Array(to.buffer, to.offset, to.bytes);
  for (let k = 0; k < rows.length; k++) {
    target.set(source.subarray(rows[k] * width, (rows[k] + 1) * width), k * width);
  }
}
