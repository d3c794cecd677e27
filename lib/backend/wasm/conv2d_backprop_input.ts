import * as tf from "@tensorflow/tfjs";
import { type ConvolutionAttributes, convolutionGeometry } from "../convolution_geometry.ts";

/**
 * The gradient of a convolution with respect to its input, as one fast convolution.
 *
 * The gradient is computed in blocks of b pixels: pixel b·a + r (0 ≤ r < b, b a multiple of the
 * stride s) sums `dy[b/s·a + o]·w[k]` over the taps k with s·o = r + pad − k. The pixels of a block
 * are the channels of a convolution over dy with stride b/s ("sub-pixel convolution"); they are
 * interleaved afterwards. With b = s = 1 this is the usual convolution with the flipped filter.
 * Blocks larger than the stride help inputs with few channels, since the convolution computes eight
 * channels at a time.
 *
 * The backend's own kernel is a scalar loop: 2–3 GFLOP/s on one thread against 10–31 this way.
 */
export const conv2dBackpropInput: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropInput,
  backendName: "wasm",
  kernelFunc: ({ inputs, attrs }) =>
    inputGradient(
      inputs.dy as tf.Tensor4D,
      inputs.filter as tf.Tensor4D,
      attrs as unknown as ConvolutionAttributes & { inputShape: Shape },
    ),
};

type Shape = [number, number, number, number];

function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  attributes: ConvolutionAttributes & { inputShape: Shape },
): tf.Tensor {
  const { inputShape } = attributes;
  const { strideHeight, strideWidth, padInfo } = convolutionGeometry(
    inputShape,
    filter.shape,
    attributes,
  );
  return tf.tidy(() => {
    const [kernelHeight, kernelWidth, inChannels, outChannels] = filter.shape;
    const [, height, width] = inputShape;
    const [blockHeight, blockWidth] = blockSize(strideHeight, strideWidth, inChannels);
    const rows = subPixelTaps(kernelHeight, strideHeight, padInfo.top, blockHeight);
    const columns = subPixelTaps(kernelWidth, strideWidth, padInfo.left, blockWidth);
    // A row and a column of zeros for taps that a pixel of the block does not have.
    const padded = tf.pad(filter, [[0, 1], [0, 1], [0, 0], [0, 0]]);
    const blockChannels = blockHeight * blockWidth * inChannels;
    const subPixelFilter = tf.gather(tf.gather(padded, rows.taps, 0), columns.taps, 1)
      .reshape([rows.extent, blockHeight, columns.extent, blockWidth, inChannels, outChannels])
      .transpose([0, 2, 5, 1, 3, 4])
      .reshape([rows.extent, columns.extent, outChannels, blockChannels]) as tf.Tensor4D;
    const step: [number, number] = [blockHeight / strideHeight, blockWidth / strideWidth];
    const blocks = tf.conv2d(dy, subPixelFilter, step, [
      [0, 0],
      padding(rows, step[0], Math.ceil(height / blockHeight), dy.shape[1]),
      padding(columns, step[1], Math.ceil(width / blockWidth), dy.shape[2]),
      [0, 0],
    ]);
    const gradient = interleave(blocks, blockHeight, blockWidth, inChannels);
    return gradient.shape[1] === height && gradient.shape[2] === width
      ? gradient
      : gradient.slice([0, 0, 0, 0], inputShape);
  });
}

/** The number of output channels that XNNPACK computes at a time, needed or not. */
const CHANNELS_AT_A_TIME = 8;

/** Doubles the stride's width and height in turns, while a block's channels fit in a group. */
function blockSize(height: number, width: number, channels: number): [number, number] {
  for (let widen = true; 2 * height * width * channels <= CHANNELS_AT_A_TIME; widen = !widen) {
    if (widen) width *= 2;
    else height *= 2;
  }
  return [height, width];
}

interface SubPixelTaps {
  /** The filter index for each offset and pixel of the block; the filter's size means none. */
  readonly taps: number[];
  /** The number of offsets. */
  readonly extent: number;
  /** The first offset. */
  readonly first: number;
}

function subPixelTaps(size: number, stride: number, pad: number, block: number): SubPixelTaps {
  const offsets: number[] = [];
  for (let pixel = 0; pixel < block; pixel++) {
    for (let k = 0; k < size; k++) {
      const offset = (pixel + pad - k) / stride;
      if (Number.isInteger(offset)) offsets.push(offset);
    }
  }
  const first = Math.min(...offsets);
  const extent = Math.max(...offsets) - first + 1;
  const taps = Array.from({ length: extent * block }, (_, index) => {
    const offset = first + Math.floor(index / block);
    const k = index % block + pad - stride * offset;
    return k >= 0 && k < size ? k : size;
  });
  return { taps, extent, first };
}

/** Computes the zeros before and after dy with which the convolution gives `wanted` blocks. */
function padding(
  { extent, first }: SubPixelTaps,
  step: number,
  wanted: number,
  size: number,
): [number, number] {
  const before = -first;
  return [before, (wanted - 1) * step + extent - size - before];
}

/** Reorders [n, a, b, (row, column, channel)] to [n, a·row, b·column, channel]. */
function interleave(
  blocks: tf.Tensor4D,
  rows: number,
  columns: number,
  channels: number,
): tf.Tensor4D {
  const [count, height, width] = blocks.shape;
  const placed = rows === 1
    ? blocks
    : blocks.reshape([count * height, width, rows, columns * channels]).transpose([0, 2, 1, 3]);
  return placed.reshape([count, height * rows, width * columns, channels]);
}
