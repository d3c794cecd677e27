import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type ConvolutionAttributes, convolutionGeometry } from "../convolution_geometry.ts";

type Shape = [number, number, number, number];

/**
 * The gradient of a convolution with respect to its filter, a kernel that the backend lacks:
 * `dW[i, j, c, o] = Σ x[n, s·h + i − pad, s·w + j − pad, c] · dy[n, h, w, o]`.
 *
 * There are two ways, chosen by the number of input channels; 10–23 GFLOP/s on one thread at batch
 * 256:
 * - one convolution whose image is x, with the batch as its channels, and whose filter is dy (the
 *   stride becomes a dilation);
 * - for the few channels of a first layer, a matrix product of the shifted images with dy: making a
 *   filter of dy would cost more than the sum.
 */
export const conv2dBackpropFilter: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: "wasm",
  kernelFunc: ({ inputs, attrs, backend }) =>
    tf.tidy(() =>
      filterGradient(
        inputs.x as tf.Tensor4D,
        inputs.dy as tf.Tensor4D,
        attrs as unknown as ConvolutionAttributes & { filterShape: Shape },
        backend as BackendWasm,
      )
    ),
};

/** A larger dy does not stay in the cache between its preparation and its use. */
const MAX_FILTER_BYTES = 4 * 2 ** 20;

function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attributes: ConvolutionAttributes & { filterShape: Shape },
  backend: BackendWasm,
): tf.Tensor {
  const geometry = convolutionGeometry(x.shape, attributes.filterShape, attributes);
  const { batchSize, inChannels, strideHeight, strideWidth } = geometry;
  if (strideHeight === 1 && strideWidth === 1 && inChannels <= 4) {
    return asMatrixProduct(x, dy, geometry, backend);
  }
  if (4 * dy.size <= MAX_FILTER_BYTES || batchSize === 1) return asConvolution(x, dy, geometry);
  const half = Math.ceil(batchSize / 2);
  const [first, second] = [[0, half], [half, batchSize - half]].map(([from, count]) =>
    filterGradient(x.slice([from], [count]), dy.slice([from], [count]), attributes, backend)
  );
  return tf.add(first, second);
}

/**
 * Computes the gradient as one convolution. With x as [height, width·channel, batch], a shift by
 * one pixel is a shift by `channel` positions. The result is then [kernel height, kernel
 * width·channel, out channel], the filter's own layout.
 */
function asConvolution(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: tf.backend_util.Conv2DInfo,
): tf.Tensor {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry;
  const image = x.reshape([batchSize, inHeight * inWidth * inChannels]).transpose()
    .reshape([1, inHeight, inWidth * inChannels, batchSize]) as tf.Tensor4D;
  const filter = dy.transpose([1, 2, 0, 3]) as tf.Tensor4D;
  // Padding after the image, so that each filter tap gets exactly one output.
  const below = strideHeight * (outHeight - 1) + filterHeight - inHeight - padInfo.top;
  const right = strideWidth * (outWidth - 1) + filterWidth - inWidth - padInfo.left;
  const gradient = tf.conv2d(
    image,
    filter,
    1,
    [
      [0, 0],
      [padInfo.top, Math.max(below, 0)],
      [padInfo.left * inChannels, Math.max(right, 0) * inChannels],
      [0, 0],
    ],
    "NHWC",
    [strideHeight, strideWidth * inChannels],
  );
  // The convolution has too many outputs if the last rows or columns of x met no tap.
  return gradient.slice([0, 0, 0, 0], [1, filterHeight, filterWidth * inChannels, outChannels])
    .reshape([filterHeight, filterWidth, inChannels, outChannels]);
}

/** Multiplies the shifted images, `[kernel height·kernel width·channel, position]`, with dy. */
function asMatrixProduct(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: tf.backend_util.Conv2DInfo,
  backend: BackendWasm,
): tf.Tensor {
  const { batchSize, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth } = geometry;
  const positions = batchSize * outHeight * outWidth;
  const shifted = backend.makeOutput(
    [filterHeight * filterWidth * inChannels, positions],
    "float32",
  );
  copyShifted(
    backend.typedArrayFromHeap(x) as Float32Array,
    backend.typedArrayFromHeap(shifted) as Float32Array,
    geometry,
  );
  const patches = tf.engine().makeTensorFromTensorInfo(shifted) as tf.Tensor2D;
  return tf.matMul(patches, dy.reshape([positions, outChannels]) as tf.Tensor2D)
    .reshape([filterHeight, filterWidth, inChannels, outChannels]);
}

/** Copies the image as each filter tap sees it, by tap and channel, with zeros outside. */
function copyShifted(
  source: Float32Array,
  target: Float32Array,
  { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, ...rest }:
    tf.backend_util.Conv2DInfo,
): void {
  const { filterHeight, filterWidth, padInfo } = rest;
  target.fill(0);
  let plane = 0;
  for (let i = 0; i < filterHeight; i++) {
    const shiftDown = i - padInfo.top;
    const firstRow = Math.max(0, -shiftDown);
    const endRow = Math.min(outHeight, inHeight - shiftDown);
    for (let j = 0; j < filterWidth; j++) {
      const shiftRight = j - padInfo.left;
      const firstColumn = Math.max(0, -shiftRight);
      const endColumn = Math.min(outWidth, inWidth - shiftRight);
      for (let c = 0; c < inChannels; c++, plane++) {
        for (let n = 0; n < batchSize; n++) {
          for (let row = firstRow; row < endRow; row++) {
            const to = ((plane * batchSize + n) * outHeight + row) * outWidth;
            const from = (n * inHeight + row + shiftDown) * inWidth + shiftRight;
            for (let column = firstColumn; column < endColumn; column++) {
              target[to + column] = source[(from + column) * inChannels + c];
            }
          }
        }
      }
    }
  }
}
