import { Algorithm, Argument, Propagation } from "./constants.ts";
import { int64s, type Layout } from "./memory_layout.ts";
import type { Library } from "./open_library.ts";
import type { PrimitiveRecipe } from "./primitive.ts";
import { type Computed, productArguments } from "./recipes.ts";

/** Strides, dilations and padding in pixels: `[vertical, horizontal]`. */
export interface ConvolutionGeometry {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Above and to the left. */
  readonly padBefore: readonly [number, number];
  /** Below and to the right. */
  readonly padAfter: readonly [number, number];
}

interface Convolution {
  readonly geometry: ConvolutionGeometry;
  /** As in `PrimitiveRecipe`. */
  readonly preferred?: readonly string[];
}

interface BackwardConvolution extends Convolution {
  /** The descriptor of the forward primitive. */
  readonly hint: Deno.PointerValue;
}

type Arrays = [
  BigInt64Array<ArrayBuffer>,
  BigInt64Array<ArrayBuffer>,
  BigInt64Array<ArrayBuffer>,
  BigInt64Array<ArrayBuffer>,
];

function arraysOf({ strides, dilations, padBefore, padAfter }: ConvolutionGeometry): Arrays {
  // oneDNN counts the pixels between two taps, TensorFlow.js the distance of the taps.
  const gaps = dilations.map((dilation) => dilation - 1);
  return [int64s(strides), int64s(gaps), int64s(padBefore), int64s(padAfter)];
}

/** `execute(src, weights, [bias,] [operands of binary post-operations,] dst)` */
export function convolutionForward(
  { symbols, engine }: Library,
  { src, weights, bias, dst, geometry, postOperations = [], preferred }: Convolution & Computed & {
    readonly src: Layout;
    readonly weights: Layout;
    readonly bias?: Layout;
  },
): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_convolution_forward_primitive_desc_create(
        place,
        engine,
        Propagation.forwardInference,
        Algorithm.convolutionDirect,
        src.handle,
        weights.handle,
        bias?.handle ?? null,
        dst.handle,
        ...arraysOf(geometry),
        attributes,
      ),
    arguments: productArguments(bias, postOperations),
    postOperations,
    preferred,
  };
}

/** `execute(diffDst, weights, diffSrc)` */
export function convolutionBackwardData(
  { symbols, engine }: Library,
  { diffSrc, weights, diffDst, geometry, hint, preferred }: BackwardConvolution & {
    readonly diffSrc: Layout;
    readonly weights: Layout;
    readonly diffDst: Layout;
  },
): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_convolution_backward_data_primitive_desc_create(
        place,
        engine,
        Algorithm.convolutionDirect,
        diffSrc.handle,
        weights.handle,
        diffDst.handle,
        ...arraysOf(geometry),
        hint,
        attributes,
      ),
    arguments: [Argument.diffDst, Argument.weights, Argument.diffSrc],
    preferred,
  };
}

/** `execute(src, diffDst, diffWeights)` */
export function convolutionBackwardWeights(
  { symbols, engine }: Library,
  { src, diffWeights, diffDst, geometry, hint }: BackwardConvolution & {
    readonly src: Layout;
    readonly diffWeights: Layout;
    readonly diffDst: Layout;
  },
): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_convolution_backward_weights_primitive_desc_create(
        place,
        engine,
        Algorithm.convolutionDirect,
        src.handle,
        diffWeights.handle,
        null,
        diffDst.handle,
        ...arraysOf(geometry),
        hint,
        attributes,
      ),
    arguments: [Argument.src, Argument.diffDst, Argument.diffWeights],
  };
}
