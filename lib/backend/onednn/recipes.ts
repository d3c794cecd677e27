import { Argument } from "./constants.ts";
import type { Layout } from "./memory_layout.ts";
import type { Library } from "./open_library.ts";
import type { PostOperation, PrimitiveRecipe } from "./primitive.ts";

/** The layout of a result, and operations to apply before it is written. */
export interface Computed {
  readonly dst: Layout;
  readonly postOperations?: readonly PostOperation[];
}

/**
 * `execute(src, weights, [bias,] [operands of binary post-operations,] dst)`:
 * `src · weights + bias`
 */
export function product(
  { symbols, engine }: Library,
  { src, weights, bias, dst, postOperations = [], preferred }: Computed & {
    readonly src: Layout;
    readonly weights: Layout;
    readonly bias?: Layout;
    /** As in `PrimitiveRecipe`. */
    readonly preferred?: readonly string[];
  },
): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_matmul_primitive_desc_create(
        place,
        engine,
        src.handle,
        weights.handle,
        bias?.handle ?? null,
        dst.handle,
        attributes,
      ),
    arguments: productArguments(bias, postOperations),
    postOperations,
    preferred,
  };
}

/** `execute(src, src1, [operands of binary post-operations,] dst)`, with src1 broadcast to src. */
export function binaryOperation(
  { symbols, engine }: Library,
  algorithm: number,
  { src, src1, dst, postOperations = [] }: Computed & {
    readonly src: Layout;
    readonly src1: Layout;
  },
): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_binary_primitive_desc_create(
        place,
        engine,
        algorithm,
        src.handle,
        src1.handle,
        dst.handle,
        attributes,
      ),
    arguments: [Argument.src, Argument.src1, ...operandsOf(postOperations), Argument.dst],
    postOperations,
  };
}

/** `execute(src, dst)`: a function of each value; both have the same layout. */
export function elementwise(
  { symbols, engine }: Library,
  { propagation, algorithm, layout: { handle }, alpha = 0, beta = 0 }: {
    readonly propagation: number;
    readonly algorithm: number;
    readonly layout: Layout;
    readonly alpha?: number;
    readonly beta?: number;
  },
): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_eltwise_forward_primitive_desc_create(
        place,
        engine,
        propagation,
        algorithm,
        handle,
        handle,
        alpha,
        beta,
        attributes,
      ),
    arguments: [Argument.src, Argument.dst],
  };
}

/** `execute(from, to)`: copies values to another layout or type. */
export function reorder({ symbols, engine }: Library, from: Layout, to: Layout): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_reorder_primitive_desc_create(
        place,
        from.handle,
        engine,
        to.handle,
        engine,
        attributes,
      ),
    arguments: [Argument.src, Argument.dst],
  };
}

/** Lists the arguments of a product or convolution, in the order of `execute`. */
export function productArguments(
  bias: Layout | undefined,
  postOperations: readonly PostOperation[],
): number[] {
  return [
    Argument.src,
    Argument.weights,
    ...(bias ? [Argument.bias] : []),
    ...operandsOf(postOperations),
    Argument.dst,
  ];
}

function operandsOf(postOperations: readonly PostOperation[]): number[] {
  return postOperations.flatMap((operation, index) =>
    operation.kind === "binary" ? [Argument.postOperation(index)] : []
  );
}
