import type * as tf from "@tensorflow/tfjs";
import type { Pointer } from "./arena.ts";
import { Argument, DataType } from "./constants.ts";
import {
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionForward,
  type ConvolutionGeometry,
} from "./convolution_recipes.ts";
import { anyLayout, channelsLast, filterLayout, type Layout, rowMajor } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import { type PostOperation, Primitive, type PrimitiveRecipe } from "./primitive.ts";
import { reorder } from "./recipes.ts";

type Info = tf.backend_util.Conv2DInfo;

/**
 * Implementations that are faster for these networks than oneDNN's choice. Times in ms, before →
 * after, for 256 images on an AVX-512 machine: backward data 16→32 at stride 2 5.1 → 2.9, 32→64 3.6
 * → 2.5; forward 16→32 at stride 2 3.7 → 3.1, 32→32 5.3 → 5.0. The rule is fixed and not timed at
 * run time, since a machine must give the same bits each time.
 */
const DIRECT = ["jit:avx512_core", "jit_bf16:avx512_core_bf16"];

/** Lists preferred forward implementations; none for 16→16 (7.1 ms direct, 5.7 by default). */
export function preferredForward(inChannels: number, outChannels: number): readonly string[] {
  return inChannels === 16 && outChannels === 16 ? [] : DIRECT;
}

/** Lists preferred backward ones. Vectors of eight suit few channels: 3.7 instead of 5.4 ms. */
export function preferredBackward(inChannels: number): readonly string[] {
  return inChannels < 8 ? ["jit:avx2", ...DIRECT] : DIRECT;
}

/**
 * Computes y = x ∗ filter (+ bias), then the post-operations. The images are of the given type,
 * filter and bias are float32.
 */
export function convolve(
  backend: OnednnBackend,
  info: Info,
  { x, filter, bias, y, postOperations = [], type = DataType.f32 }: {
    readonly x: Pointer;
    readonly filter: Pointer;
    readonly bias?: Pointer;
    readonly y: Pointer;
    readonly postOperations?: readonly PostOperation[];
    readonly type?: DataType;
  },
): void {
  const kinds = postOperations.map(({ kind }) => kind);
  const prepared = backend.prepared(
    `convolution ${keyOf(info, type)} ${bias !== undefined} ${kinds}`,
    () =>
      new FilteredPrimitive(
        backend,
        info,
        type,
        Argument.weights,
        forwardRecipe(backend, info, type, postOperations, bias !== undefined),
      ),
  );
  prepared.withWeights(filter, (weights) => {
    prepared.primitive.execute(x, weights, ...(bias === undefined ? [] : [bias]), y);
  });
}

/** Computes the gradient with respect to the input, of the given type. The filter is float32. */
export function inputGradient(
  backend: OnednnBackend,
  info: Info,
  { dy, filter, dx, type = DataType.f32 }: {
    readonly dy: Pointer;
    readonly filter: Pointer;
    readonly dx: Pointer;
    readonly type?: DataType;
  },
): void {
  const prepared = backend.prepared(`input gradient ${keyOf(info, type)}`, () => {
    const { src, weights, dst } = layoutsOf(backend, info, type);
    const recipe = convolutionBackwardData(backend.dnnl, {
      diffSrc: src,
      weights,
      diffDst: dst,
      geometry: geometryOf(info),
      hint: forwardHint(backend, info, type),
      preferred: preferredBackward(info.inChannels),
    });
    return new FilteredPrimitive(backend, info, type, Argument.weights, recipe);
  });
  prepared.withWeights(filter, (weights) => prepared.primitive.execute(dy, weights, dx));
}

/** Computes the float32 gradient with respect to the filter. The images are of the given type. */
export function filterGradient(
  backend: OnednnBackend,
  info: Info,
  { x, dy, dw, type = DataType.f32 }: {
    readonly x: Pointer;
    readonly dy: Pointer;
    readonly dw: Pointer;
    readonly type?: DataType;
  },
): void {
  const prepared = backend.prepared(`filter gradient ${keyOf(info, type)}`, () => {
    const { src, dst } = layoutsOf(backend, info, type);
    const diffWeights = filterOfAnyLayout(backend, info, DataType.f32);
    const recipe = convolutionBackwardWeights(backend.dnnl, {
      src,
      diffWeights,
      diffDst: dst,
      geometry: geometryOf(info),
      hint: forwardHint(backend, info, type),
    });
    return new FilteredPrimitive(backend, info, DataType.f32, Argument.diffWeights, recipe);
  });
  prepared.intoPlain(dw, (weights) => prepared.primitive.execute(x, dy, weights));
}

/**
 * A primitive with a conversion between its filter layout and TensorFlow.js's. oneDNN chooses the
 * layout: with a plain one a convolution takes up to five times as long, and filters are small.
 */
class FilteredPrimitive {
  readonly primitive: Primitive;
  readonly #backend: OnednnBackend;
  readonly #reorder: Primitive;
  readonly #bytes: number;

  /** @param type of the filter where the primitive has it; elsewhere it is float32 */
  constructor(
    backend: OnednnBackend,
    info: Info,
    type: DataType,
    argument: number,
    recipe: PrimitiveRecipe,
  ) {
    const { dnnl: library } = backend;
    this.#backend = backend;
    this.primitive = new Primitive(library, recipe, backend);
    const plain = filterLayout(library, info.filterShape);
    const chosen = this.primitive.layoutOf(argument, plain.dimensions, type);
    const [from, to] = argument === Argument.weights ? [plain, chosen] : [chosen, plain];
    this.#reorder = new Primitive(library, reorder(library, from, to), backend);
    this.#bytes = chosen.size;
  }

  /** Lends the filter in the primitive's layout. */
  withWeights(filter: Pointer, use: (weights: Pointer) => void): void {
    const block = this.#backend.arena.allocate(this.#bytes);
    this.#reorder.execute(filter, block.pointer);
    use(block.pointer);
    this.#backend.arena.release(block);
  }

  /** Lends memory for a gradient in the primitive's layout, then converts it to the plain one. */
  intoPlain(gradient: Pointer, make: (weights: Pointer) => void): void {
    const block = this.#backend.arena.allocate(this.#bytes);
    make(block.pointer);
    this.#reorder.execute(block.pointer, gradient);
    this.#backend.arena.release(block);
  }
}

function forwardRecipe(
  backend: OnednnBackend,
  info: Info,
  type: DataType,
  postOperations: readonly PostOperation[],
  withBias: boolean,
): PrimitiveRecipe {
  return convolutionForward(backend.dnnl, {
    ...layoutsOf(backend, info, type),
    bias: withBias ? rowMajor(backend.dnnl, [info.outChannels]) : undefined,
    geometry: geometryOf(info),
    postOperations,
    preferred: preferredForward(info.inChannels, info.outChannels),
  });
}

/** Returns the descriptor of the forward primitive, which oneDNN needs for a backward one. */
function forwardHint(backend: OnednnBackend, info: Info, type: DataType): Pointer {
  const key = `convolution ${keyOf(info, type)} hint`;
  return backend.primitive(key, () => forwardRecipe(backend, info, type, [], false)).descriptor;
}

function layoutsOf(backend: OnednnBackend, info: Info, type: DataType) {
  return {
    src: channelsLast(backend.dnnl, info.inShape, type),
    weights: filterOfAnyLayout(backend, info, type),
    dst: channelsLast(backend.dnnl, info.outShape, type),
  };
}

function filterOfAnyLayout({ dnnl: library }: OnednnBackend, info: Info, type: DataType): Layout {
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  return anyLayout(library, [outChannels, inChannels, filterHeight, filterWidth], type);
}

function geometryOf(info: Info): ConvolutionGeometry {
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  return {
    strides: [strideHeight, strideWidth],
    dilations: [dilationHeight, dilationWidth],
    padBefore: [padInfo.top, padInfo.left],
    padAfter: [padInfo.bottom, padInfo.right],
  };
}

function keyOf(info: Info, type: DataType): string {
  const { padInfo: { top, bottom, left, right } } = info;
  return `${info.inShape} ${info.filterShape} /${info.strideHeight},${info.strideWidth} ` +
    `*${info.dilationHeight},${info.dilationWidth} +${top},${bottom},${left},${right} ${type}`;
}
