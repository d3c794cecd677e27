import type * as tf from "@tensorflow/tfjs";
import { Argument } from "./constants.ts";
import {
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionForward,
  type ConvolutionGeometry,
} from "./convolution_recipes.ts";
import { anyLayout, channelsLast, filterLayout, rowMajor } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import { type PostOperation, Primitive, type PrimitiveRecipe } from "./primitive.ts";
import { reorder } from "./reorder.ts";

type Pointer = Deno.PointerValue;
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

/** Computes y = x ∗ filter (+ bias), then the post-operations. */
export function convolve(
  backend: OnednnBackend,
  info: Info,
  { x, filter, bias, y, postOperations }: {
    readonly x: Pointer;
    readonly filter: Pointer;
    readonly bias?: Pointer;
    readonly y: Pointer;
    readonly postOperations: readonly PostOperation[];
  },
): void {
  const kinds = postOperations.map(({ kind }) => kind);
  const prepared = backend.prepared(
    `convolution ${keyOf(info)} ${bias !== undefined} ${kinds}`,
    () =>
      new FilteredPrimitive(
        backend,
        info,
        Argument.weights,
        forwardRecipe(backend, info, postOperations, bias !== undefined),
      ),
  );
  prepared.withWeights(filter, (weights) => {
    prepared.primitive.execute(x, weights, ...(bias === undefined ? [] : [bias]), y);
  });
}

/** Computes the gradient with respect to the input. */
export function inputGradient(
  backend: OnednnBackend,
  info: Info,
  { dy, filter, dx }: { readonly dy: Pointer; readonly filter: Pointer; readonly dx: Pointer },
): void {
  const prepared = backend.prepared(`input gradient ${keyOf(info)}`, () => {
    const { src, weights, dst } = layoutsOf(backend, info);
    const recipe = convolutionBackwardData(backend.dnnl, {
      diffSrc: src,
      weights,
      diffDst: dst,
      geometry: geometryOf(info),
      hint: forwardHint(backend, info),
      preferred: preferredBackward(info.inChannels),
    });
    return new FilteredPrimitive(backend, info, Argument.weights, recipe);
  });
  prepared.withWeights(filter, (weights) => prepared.primitive.execute(dy, weights, dx));
}

/** Computes the gradient with respect to the filter. */
export function filterGradient(
  backend: OnednnBackend,
  info: Info,
  { x, dy, dw }: { readonly x: Pointer; readonly dy: Pointer; readonly dw: Pointer },
): void {
  const prepared = backend.prepared(`filter gradient ${keyOf(info)}`, () => {
    const { src, weights, dst } = layoutsOf(backend, info);
    const recipe = convolutionBackwardWeights(backend.dnnl, {
      src,
      diffWeights: weights,
      diffDst: dst,
      geometry: geometryOf(info),
      hint: forwardHint(backend, info),
    });
    return new FilteredPrimitive(backend, info, Argument.diffWeights, recipe);
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

  constructor(backend: OnednnBackend, info: Info, argument: number, recipe: PrimitiveRecipe) {
    const { dnnl: library } = backend;
    this.#backend = backend;
    this.primitive = new Primitive(library, recipe, backend);
    const plain = filterLayout(library, info.filterShape);
    const chosen = this.primitive.layoutOf(argument, plain.dimensions);
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
  postOperations: readonly PostOperation[],
  withBias: boolean,
): PrimitiveRecipe {
  return convolutionForward(backend.dnnl, {
    ...layoutsOf(backend, info),
    bias: withBias ? rowMajor(backend.dnnl, [info.outChannels]) : undefined,
    geometry: geometryOf(info),
    postOperations,
    preferred: preferredForward(info.inChannels, info.outChannels),
  });
}

/** Returns the descriptor of the forward primitive, which oneDNN needs for a backward one. */
function forwardHint(backend: OnednnBackend, info: Info): Pointer {
  const key = `convolution ${keyOf(info)}`;
  return backend.primitive(`${key} hint`, () => forwardRecipe(backend, info, [], false)).descriptor;
}

function layoutsOf({ dnnl: library }: OnednnBackend, info: Info) {
  const { inShape, outShape, inChannels, outChannels, filterHeight, filterWidth } = info;
  return {
    src: channelsLast(library, inShape),
    weights: anyLayout(library, [outChannels, inChannels, filterHeight, filterWidth]),
    dst: channelsLast(library, outShape),
  };
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

function keyOf(info: Info): string {
  const { padInfo: { top, bottom, left, right } } = info;
  return `${info.inShape} ${info.filterShape} /${info.strideHeight},${info.strideWidth} ` +
    `*${info.dilationHeight},${info.dilationWidth} +${top},${bottom},${left},${right}`;
}
