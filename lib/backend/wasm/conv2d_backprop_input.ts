import * as tf from "@tensorflow/tfjs";
import { type ConvolutionAttributes, convolutionGeometry } from "./convolution_geometry.ts";

/**
 * The gradient of a convolution with respect to its input, as one fast convolution.
 *
 * An output pixel s·a + r of the gradient (s the stride, 0 ≤ r < s) sums `dy[a + o]·w[k]` over the
 * taps k with s·o = r + pad − k. The s² residues become channels of a stride-1 convolution over dy
 * ("sub-pixel convolution"), and `depthToSpace` puts them in place. At stride 1 this is the usual
 * convolution with the flipped filter.
 *
 * The backend's own kernel is a scalar loop: 2–3 GFLOP/s on one thread against 15–30 this way.
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
    const rows = subPixelTaps(kernelHeight, strideHeight, padInfo.top);
    const columns = subPixelTaps(kernelWidth, strideWidth, padInfo.left);
    // One more row and column of zeros, for the taps that a residue does not have.
    const padded = tf.pad(filter, [[0, 1], [0, 1], [0, 0], [0, 0]]);
    const subPixelFilter = tf.gather(tf.gather(padded, rows.taps, 0), columns.taps, 1)
      .reshape([rows.extent, strideHeight, columns.extent, strideWidth, inChannels, outChannels])
      .transpose([0, 2, 5, 1, 3, 4])
      .reshape([
        rows.extent,
        columns.extent,
        outChannels,
        strideHeight * strideWidth * inChannels,
      ]) as tf.Tensor4D;
    const [, height, width] = inputShape;
    const residues = tf.conv2d(dy, subPixelFilter, 1, [
      [0, 0],
      padding(rows, Math.ceil(height / strideHeight), dy.shape[1]),
      padding(columns, Math.ceil(width / strideWidth), dy.shape[2]),
      [0, 0],
    ]);
    if (strideHeight === 1 && strideWidth === 1) return residues;
    const gradient = interleave(residues, strideHeight, strideWidth, inChannels);
    return gradient.shape[1] === height && gradient.shape[2] === width
      ? gradient
      : gradient.slice([0, 0, 0, 0], inputShape);
  });
}

interface SubPixelTaps {
  /** For each offset and residue the filter index that meets it; the filter's size means none. */
  readonly taps: number[];
  /** How many offsets there are, and the first of them. */
  readonly extent: number;
  readonly first: number;
}

function subPixelTaps(size: number, stride: number, pad: number): SubPixelTaps {
  const offsets = Array.from({ length: size }, (_, k) => {
    const residue = ((k - pad) % stride + stride) % stride;
    return (residue + pad - k) / stride;
  });
  const first = Math.min(...offsets);
  const extent = Math.max(...offsets) - first + 1;
  const taps = Array.from({ length: extent * stride }, (_, index) => {
    const offset = first + Math.floor(index / stride);
    const k = index % stride + pad - stride * offset;
    return k >= 0 && k < size ? k : size;
  });
  return { taps, extent, first };
}

/** Zeros before and after dy so that the convolution gives `wanted` outputs. */
function padding({ extent, first }: SubPixelTaps, wanted: number, size: number): [number, number] {
  const before = -first;
  return [before, wanted + extent - 1 - size - before];
}

/** [n, a, b, (row, column, channel)] → [n, a·row, b·column, channel]. */
function interleave(
  residues: tf.Tensor4D,
  rows: number,
  columns: number,
  channels: number,
): tf.Tensor4D {
  const [count, height, width] = residues.shape;
  return residues.reshape([count * height, width, rows, columns * channels])
    .transpose([0, 2, 1, 3])
    .reshape([count, height * rows, width * columns, channels]);
}
