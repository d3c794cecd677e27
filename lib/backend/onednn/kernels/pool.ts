import * as tf from "@tensorflow/tfjs";
import { Algorithm, Argument, Propagation } from "../constants.ts";
import { isFloor } from "./conv2d.ts";
import { isFloat, type Kernel } from "./kernel.ts";
import { channelsLast, int64s } from "../memory_layout.ts";
import type { Library } from "../open_library.ts";
import type { PrimitiveRecipe } from "../primitive.ts";

type Info = tf.backend_util.Conv2DInfo;

/** The average of windows, in NHWC. */
const avgPool: Kernel = {
  kernelName: tf.AvgPool,
  run({ inputs: { x }, attrs: { filterSize, strides, pad, dimRoundingMode }, backend }) {
    if (!isFloat(x) || x.shape.includes(0) || !isFloor(dimRoundingMode)) return null;
    const info = poolInfo(x.shape, filterSize, strides, pad, dimRoundingMode);
    const y = backend.output(info.outShape);
    backend.primitive(
      `average ${keyOf(info)}`,
      () => forwardRecipe(backend.dnnl, info, Propagation.forwardInference),
    )
      .execute(backend.pointer(x), y.pointer);
    return y.info;
  },
};

/** The gradient of average pooling. */
const avgPoolGrad: Kernel = {
  kernelName: tf.AvgPoolGrad,
  run({ inputs: { dy, input }, attrs: { filterSize, strides, pad }, backend }) {
    if (!isFloat(dy) || input.shape.includes(0)) return null;
    const info = poolInfo(input.shape, filterSize, strides, pad);
    const { dnnl: library } = backend;
    const { symbols, engine } = library;
    const dx = backend.output(info.inShape);
    const key = `average gradient ${keyOf(info)}`;
    const primitive = backend.primitive(key, () => {
      const diffSrc = channelsLast(library, info.inShape);
      const diffDst = channelsLast(library, info.outShape);
      const forward = backend.primitive(
        `${key} hint`,
        () => forwardRecipe(library, info, Propagation.forwardTraining),
      );
      return {
        create: (place, attributes) =>
          symbols.dnnl_pooling_backward_primitive_desc_create(
            place,
            engine,
            Algorithm.poolingAverageWithoutPadding,
            diffSrc.handle,
            diffDst.handle,
            ...windows(info),
            forward.descriptor,
            attributes,
          ),
        arguments: [Argument.diffDst, Argument.diffSrc],
      };
    });
    primitive.execute(backend.pointer(dy), dx.pointer);
    return dx.info;
  },
};

function poolInfo(
  shape: number[],
  filterSize: [number, number] | number,
  strides: [number, number] | number,
  pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding,
  roundingMode?: "floor" | "round" | "ceil",
): Info {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    roundingMode,
  );
}

function forwardRecipe(library: Library, info: Info, propagation: number): PrimitiveRecipe {
  const { symbols, engine } = library;
  const src = channelsLast(library, info.inShape);
  const dst = channelsLast(library, info.outShape);
  return {
    create: (place, attributes) =>
      symbols.dnnl_pooling_forward_primitive_desc_create(
        place,
        engine,
        propagation,
        Algorithm.poolingAverageWithoutPadding,
        src.handle,
        dst.handle,
        ...windows(info),
        attributes,
      ),
    arguments: [Argument.src, Argument.dst],
  };
}

type Arrays = BigInt64Array<ArrayBuffer>;

/** Returns strides, size, dilation, and the padding before and after. */
function windows(info: Info): [Arrays, Arrays, Arrays, Arrays, Arrays] {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  return [
    int64s([strideHeight, strideWidth]),
    int64s([filterHeight, filterWidth]),
    int64s([0, 0]),
    int64s([padInfo.top, padInfo.left]),
    int64s([padInfo.bottom, padInfo.right]),
  ];
}

function keyOf(info: Info): string {
  const { top, bottom, left, right } = info.padInfo;
  return [
    `${info.inShape} ${info.outShape} ${info.filterHeight},${info.filterWidth}`,
    `/${info.strideHeight},${info.strideWidth} +${top},${bottom},${left},${right}`,
  ].join(" ");
}

/** Average pooling and its gradient. tfjs-backend-cpu pools maxima, which nothing here uses. */
export const pools: readonly Kernel[] = [avgPool, avgPoolGrad];
