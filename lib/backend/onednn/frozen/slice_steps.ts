import type { FrozenFilter } from "./frozen_filter.ts";
import type { Pointer } from "../arena.ts";
import { preferredBackward, preferredForward } from "../convolution.ts";
import { convolutionBackwardData, convolutionForward } from "../convolution_recipes.ts";
import { Algorithm, Argument, DataType } from "../constants.ts";
import {
  anyLayout,
  channelsLast,
  type Layout,
  rowMajor,
  sizeOf,
  strided,
} from "../memory_layout.ts";
import { meanOverPixels } from "../mean_over_pixels.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import type { PostOperation, Primitive } from "../primitive.ts";
import { binaryOperation, product, reorder } from "../recipes.ts";

/** `[n, h, w, c]` */
export type Shape = readonly [n: number, h: number, w: number, c: number];

/** A tensor of a slice, with the type and address of its values. */
export interface Place {
  readonly shape: Shape;
  readonly type: DataType;
  readonly pointer: Pointer;
}

export const RELU: PostOperation = { kind: "elementwise", algorithm: Algorithm.relu };
export const ADD: PostOperation = { kind: "add to destination" };

/**
 * Implementations whose rounding of a row does not depend on the other rows. Cached logits need
 * this: they must be the same bit for bit. "gemm:jit:f32", oneDNN's first choice without AVX-512,
 * is not among them.
 */
const ROW_BY_ROW = ["brg_matmul:avx512_core", "brg_matmul:avx2"];

const CONVOLUTION = (stride: number, pad: number) => ({
  strides: [stride, stride],
  dilations: [1, 1],
  padBefore: [pad, pad],
  padAfter: [pad, pad],
} as const);

/**
 * The steps of a program for a slice of images. Each method prepares a primitive and returns a
 * function that runs it. That function takes the addresses that are known only at the run.
 */
export class SliceSteps {
  readonly #backend: OnednnBackend;

  constructor(backend: OnednnBackend) {
    this.#backend = backend;
  }

  /**
   * Computes `to = from ∗ filter + bias`, then the post-operations. The returned function takes the
   * mask, if there is one, and optionally another source in place of `from`.
   */
  convolve(
    filter: FrozenFilter,
    from: Place,
    to: Place,
    { bias, stride = 1, operations = [], masked = false }: {
      readonly bias?: Pointer;
      readonly stride?: 1 | 2;
      readonly operations?: readonly PostOperation[];
      /** True to multiply the result by a mask. */
      readonly masked?: boolean;
    },
  ): (mask?: Pointer, source?: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const [size, , inChannels, outChannels] = filter.shape;
    const recipe = () =>
      convolutionForward(library, {
        src: channelsLast(library, from.shape, from.type),
        weights: anyLayout(library, [outChannels, inChannels, size, size], from.type),
        bias: bias === undefined ? undefined : rowMajor(library, [outChannels]),
        dst: channelsLast(library, to.shape, to.type),
        geometry: CONVOLUTION(stride, (size - 1) / 2),
        postOperations: [
          ...operations,
          ...(masked ? maskedBy(channelsLast(library, to.shape, DataType.u8)) : []),
        ],
        preferred: preferredForward(inChannels, outChannels),
      });
    const kinds = operations.map(({ kind }) => kind);
    const primitive = this.#backend.primitive(
      `frozen convolution ${placeKey(from)} ${placeKey(to)} ${filter.shape} /${stride} ` +
        `${bias !== undefined} ${kinds} ${masked}`,
      recipe,
    );
    const weights = this.#weightsFor(primitive, filter, from.type);
    const biases = bias === undefined ? [] : [bias];
    return masked
      ? (mask, source = from.pointer) =>
        primitive.execute(source, weights, ...biases, mask!, to.pointer)
      : (_, source = from.pointer) => primitive.execute(source, weights, ...biases, to.pointer);
  }

  /** Converts float32 values to the type of `to`. */
  convert(to: Place): (from: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const primitive = this.#backend.primitive(
      `frozen conversion ${placeKey(to)}`,
      () =>
        reorder(library, channelsLast(library, to.shape), channelsLast(library, to.shape, to.type)),
    );
    return (from) => primitive.execute(from, to.pointer);
  }

  /** Copies `from` as float32. */
  toFloat(from: Place): (to: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const primitive = this.#backend.primitive(
      `frozen copy ${placeKey(from)}`,
      () =>
        reorder(
          library,
          channelsLast(library, from.shape, from.type),
          channelsLast(library, from.shape),
        ),
    );
    return (to) => primitive.execute(from.pointer, to);
  }

  /** Computes the input gradient of a convolution with this filter. */
  convolveBack(
    filter: FrozenFilter,
    from: Place,
    to: Omit<Place, "pointer">,
    stride: 1 | 2,
  ): (to: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const [size, , inChannels, outChannels] = filter.shape;
    const key = `frozen gradient ${placeKey(from)} ${placeKey(to)} ${filter.shape} /${stride}`;
    const weights = () => anyLayout(library, [outChannels, inChannels, size, size], from.type);
    const geometry = CONVOLUTION(stride, (size - 1) / 2);
    const primitive = this.#backend.primitive(key, () => {
      const diffSrc = channelsLast(library, to.shape, to.type);
      const diffDst = channelsLast(library, from.shape, from.type);
      const hint = this.#backend.primitive(`${key} hint`, () =>
        convolutionForward(library, {
          src: channelsLast(library, to.shape, from.type),
          weights: weights(),
          dst: diffDst,
          geometry,
        }));
      return convolutionBackwardData(library, {
        diffSrc,
        weights: weights(),
        diffDst,
        geometry,
        hint: hint.descriptor,
        preferred: preferredBackward(inChannels),
      });
    });
    const pointer = this.#weightsFor(primitive, filter, from.type);
    return (place) => primitive.execute(from.pointer, pointer, place);
  }

  /**
   * Computes a mask of bytes: 255 where a value is above zero, 0 elsewhere. It multiplies by a huge
   * factor and lets the bytes saturate, since oneDNN's comparison to bytes is a slow reference
   * loop.
   */
  mask(of: Place): (mask: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const size = sizeOf(of.shape);
    const primitive = this.#backend.primitive(
      `frozen mask ${size} ${of.type}`,
      () =>
        binaryOperation(library, Algorithm.mul, {
          src: rowMajor(library, [size], of.type),
          src1: rowMajor(library, [1], of.type),
          dst: rowMajor(library, [size], DataType.u8),
        }),
    );
    const factor = this.#backend.constant(1e30, 1, of.type);
    return (mask) => primitive.execute(of.pointer, factor, mask);
  }

  /**
   * Computes `to = values ⊙ mask`, with values `[n, c]` of the same type repeated for all pixels by
   * a product with a column of ones.
   */
  spread(values: Pointer, to: Place): (mask: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const [n, h, w, c] = to.shape;
    const primitive = this.#backend.primitive(
      `frozen spread ${placeKey(to)}`,
      () =>
        product(library, {
          src: rowMajor(library, [n, h * w, 1], to.type),
          weights: rowMajor(library, [n, 1, c], to.type),
          dst: rowMajor(library, [n, h * w, c], to.type),
          postOperations: maskedBy(rowMajor(library, [n, h * w, c], DataType.u8)),
        }),
    );
    const ones = this.#backend.constant(1, n * h * w, to.type);
    return (mask) => primitive.execute(ones, values, mask, to.pointer);
  }

  /** Computes `sum = (sum + other) ⊙ mask`. */
  addMasked(sum: Place, other: Pointer): (mask: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const size = sizeOf(sum.shape);
    const primitive = this.#backend.primitive(`frozen add ${size} ${sum.type}`, () => {
      const layout = rowMajor(library, [size], sum.type);
      return binaryOperation(library, Algorithm.add, {
        src: layout,
        src1: layout,
        dst: layout,
        postOperations: maskedBy(rowMajor(library, [size], DataType.u8)),
      });
    });
    return (mask) => primitive.execute(sum.pointer, other, mask, sum.pointer);
  }

  /** Computes the mean over all pixels, `[n, c]` in float32. */
  pool(from: Place, to: Pointer): () => void {
    const mean = meanOverPixels(this.#backend, from.type, from.shape);
    return () => mean(from.pointer, to);
  }

  /** Computes `to = (from · weight) · scale + bias`; a transposed weight is `[out, in]`. */
  linear(
    [n, inputs, outputs]: readonly [n: number, inputs: number, outputs: number],
    weight: Pointer,
    { bias, transposed = false, scale = 1 }: {
      readonly bias?: Pointer;
      readonly transposed?: boolean;
      readonly scale?: number;
    },
  ): (from: Pointer, to: Pointer) => void {
    const { dnnl: library } = this.#backend;
    const key = `frozen linear ${n} ${inputs} ${outputs} ${
      bias !== undefined
    } ${transposed} ${scale}`;
    const primitive = this.#backend.primitive(key, () =>
      product(library, {
        src: rowMajor(library, [n, inputs]),
        weights: strided(library, [inputs, outputs], transposed ? [1, inputs] : [outputs, 1]),
        bias: bias === undefined ? undefined : rowMajor(library, [1, outputs]),
        dst: rowMajor(library, [n, outputs]),
        postOperations: scale === 1
          ? []
          : [{ kind: "elementwise", algorithm: Algorithm.linear, alpha: scale }],
        preferred: ROW_BY_ROW,
      }));
    const biases = bias === undefined ? [] : [bias];
    return (from, to) => primitive.execute(from, weight, ...biases, to);
  }

  #weightsFor(primitive: Primitive, filter: FrozenFilter, type: DataType): Pointer {
    const [size, , inChannels, outChannels] = filter.shape;
    const dimensions = [outChannels, inChannels, size, size];
    return filter.in(primitive.layoutOf(Argument.weights, dimensions, type));
  }
}

/** Multiplies a result by a mask of 0 and 255. */
function maskedBy(operand: Layout): PostOperation[] {
  return [
    { kind: "binary", algorithm: Algorithm.mul, operand },
    { kind: "elementwise", algorithm: Algorithm.linear, alpha: 1 / 255 },
  ];
}

function placeKey({ shape, type }: Omit<Place, "pointer">): string {
  return `${shape} ${type}`;
}
