import type { FrozenLayers } from "./frozen_layers.ts";
import { ADD, type Place, RELU, type Shape, SliceSteps } from "./slice_steps.ts";
import type { Block, Pointer } from "../arena.ts";
import { DataType } from "../constants.ts";
import type { OnednnBackend } from "../onednn_backend.ts";

/** The memory of the slice that a forward program runs on. */
export interface ForwardPlaces {
  /** `[n, h, w, c]`, float32 */
  readonly images: Pointer;
  /** `[n, classes]` */
  readonly logits: Pointer;
  /** The mask of each ReLU, in the order of the pass; for programs that keep them. */
  readonly masks?: readonly Pointer[];
  /** One map `[n, h, w, c]` in float32 for each feature map that the program keeps. */
  readonly features?: readonly Pointer[];
}

/** The results that a forward pass keeps besides the logits. */
interface KeptPlaces {
  readonly masks: boolean;
  /** The indices of the ReLUs whose outputs are kept. */
  readonly features: readonly number[];
}

/** The memory of the slice that a backward program runs on. */
export interface BackwardPlaces {
  /** `[n, classes]` */
  readonly dLogits: Pointer;
  readonly masks: readonly Pointer[];
  /** `[n, h, w, c]`, float32 */
  readonly dImages: Pointer;
}

/** Working memory that all programs of a network share. */
export interface Workspace {
  /** Each large enough for any feature map. */
  readonly maps: readonly [Block, Block, Block, Block];
  /** `[n, channels]`, float32 */
  readonly vectors: Block;
  /** The vectors in the network's type, if that is not float32. */
  readonly roundedVectors: Block;
  /** The images in the network's type, if that is not float32. */
  readonly images: Block;
}

/** Lists the shapes of a slice's ReLU outputs in their order: the stem's, then two a block. */
export function reluShapes(layers: FrozenLayers, [n, h, w]: Shape): Shape[] {
  const shapes: Shape[] = [[n, h, w, layers.stem.filter.shape[3]]];
  let [height, width] = [h, w];
  for (const { shape: { stride, outChannels } } of layers.blocks) {
    height = Math.ceil(height / stride);
    width = Math.ceil(width / stride);
    const shape: Shape = [n, height, width, outChannels];
    shapes.push(shape, shape);
  }
  return shapes;
}

/** Returns a function that gives the place of a ReLU's output, or its gradient, in a map. */
function placesIn(
  { maps }: Workspace,
  shapes: readonly Shape[],
  type: DataType,
): (map: number, relu: number) => Place {
  return (map, relu) => ({ shape: shapes[relu], type, pointer: maps[map].pointer });
}

/** Prepares the forward pass of a slice. */
export function forwardProgram(
  backend: OnednnBackend,
  layers: FrozenLayers,
  images: Shape,
  type: DataType,
  workspace: Workspace,
  kept: KeptPlaces,
): (places: ForwardPlaces) => void {
  const steps = new SliceSteps(backend);
  const shapes = reluShapes(layers, images);
  const program: ((places: ForwardPlaces) => void)[] = [];
  const at = placesIn(workspace, shapes, type);
  /** Keeps mask and output of a ReLU, whose output is at `place`, if the program keeps them. */
  const keep = (relu: number, place: Place) => {
    if (kept.masks) {
      const mask = steps.mask(place);
      program.push(({ masks }) => mask(masks![relu]));
    }
    const feature = kept.features.indexOf(relu);
    if (feature < 0) return;
    const copy = steps.toFloat(place);
    program.push(({ features }) => copy(features![feature]));
  };

  const { stem, blocks } = layers;
  let [x, inner, spare] = [0, 1, 2];
  const stemOut = at(x, 0);
  const source: Place = { shape: images, type, pointer: workspace.images.pointer };
  const convolveStem = steps.convolve(stem.filter, source, stemOut, {
    bias: stem.bias.pointer,
    operations: [RELU],
  });
  if (type === DataType.f32) {
    program.push(({ images }) => convolveStem(undefined, images));
  } else {
    const convert = steps.convert(source);
    program.push(({ images }) => convert(images), () => convolveStem());
  }
  keep(0, stemOut);
  blocks.forEach(({ shape: { stride }, first, second, shortcut }, k) => {
    const input = at(x, 2 * k);
    const middle = at(inner, 2 * k + 1);
    const convolveFirst = steps.convolve(first.filter, input, middle, {
      bias: first.bias.pointer,
      stride,
      operations: [RELU],
    });
    program.push(() => convolveFirst());
    keep(2 * k + 1, middle);
    if (shortcut) {
      const takeShortcut = steps.convolve(shortcut, input, at(spare, 2 * k + 2), { stride });
      program.push(() => takeShortcut());
      [x, spare] = [spare, x];
    }
    const output = at(x, 2 * k + 2);
    const convolveSecond = steps.convolve(second.filter, middle, output, {
      bias: second.bias.pointer,
      operations: [ADD, RELU],
    });
    program.push(() => convolveSecond());
    keep(2 * k + 2, output);
  });
  const last = at(x, shapes.length - 1);
  const vectors = workspace.vectors.pointer;
  program.push(steps.pool(last, vectors));
  const linear = steps.linear([images[0], layers.channels, layers.classes], layers.weight.pointer, {
    bias: layers.bias.pointer,
  });
  program.push(({ logits }) => linear(vectors, logits));
  return (places) => {
    for (const step of program) step(places);
  };
}

/** Prepares the backward pass from the logits to the images. */
export function backwardProgram(
  backend: OnednnBackend,
  layers: FrozenLayers,
  images: Shape,
  type: DataType,
  workspace: Workspace,
): (places: BackwardPlaces) => void {
  const steps = new SliceSteps(backend);
  const shapes = reluShapes(layers, images);
  const program: ((places: BackwardPlaces) => void)[] = [];
  const at = placesIn(workspace, shapes, type);
  let [gradient, inner, spare] = [0, 1, 2];
  const last = shapes.length - 1;
  const [n, height, width] = shapes[last];
  const vectors = workspace.vectors.pointer;
  const linear = steps.linear([n, layers.classes, layers.channels], layers.weight.pointer, {
    transposed: true,
    scale: 1 / (height * width),
  });
  program.push(({ dLogits }) => linear(dLogits, vectors));
  const isRounded = type !== DataType.f32;
  if (isRounded) {
    const shape = [n, 1, 1, layers.channels] as const;
    const round = steps.convert({ shape, type, pointer: workspace.roundedVectors.pointer });
    program.push(() => round(vectors));
  }
  const spread = steps.spread(
    isRounded ? workspace.roundedVectors.pointer : vectors,
    at(gradient, last),
  );
  program.push(({ masks }) => spread(masks[last]));

  for (let k = layers.blocks.length - 1; k >= 0; k--) {
    const { shape: { stride }, first, second, shortcut } = layers.blocks[k];
    const dOutput = at(gradient, 2 * k + 2);
    const dInner = at(inner, 2 * k + 1);
    const backSecond = steps.convolve(second.turned, dOutput, dInner, { masked: true });
    program.push(({ masks }) => backSecond(masks[2 * k + 1]));
    if (!shortcut) {
      const backFirst = steps.convolve(first.turned, dInner, dOutput, {
        operations: [ADD],
        masked: true,
      });
      program.push(({ masks }) => backFirst(masks[2 * k]));
      continue;
    }
    const dInput = at(spare, 2 * k);
    const other = workspace.maps[3].pointer;
    const backFirst = steps.convolveBack(first.filter, dInner, dInput, stride);
    const backShortcut = steps.convolveBack(shortcut, dOutput, dInput, stride);
    const add = steps.addMasked(dInput, other);
    program.push(() => backFirst(dInput.pointer), () => backShortcut(other));
    program.push(({ masks }) => add(masks[2 * k]));
    [gradient, spare] = [spare, gradient];
  }
  const toImages = steps.convolveBack(layers.stem.filter, at(gradient, 0), {
    shape: images,
    type: DataType.f32,
  }, 1);
  program.push(({ dImages }) => toImages(dImages));
  return (places) => {
    for (const step of program) step(places);
  };
}
