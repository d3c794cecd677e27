import * as tf from "@tensorflow/tfjs";
import { type ConvolutionAttributes, convolutionGeometry } from "./convolution_geometry.ts";

type Shape = [number, number, number, number];

/**
 * The gradient of a convolution with respect to its filter, which the backend lacks:
 * `dW[i, j, c, o] = Σ x[n, s·h + i − pad, s·w + j − pad, c] · dy[n, h, w, o]`.
 *
 * Two ways, by the number of input channels; on one thread and batch 256, 10–23 GFLOP/s:
 * - as one convolution in which x, with the batch as its channels, is the image and dy the filter
 *   (its stride becomes a dilation);
 * - as a matrix product of the shifted images with dy for the few channels of a first layer, where
 *   the preparation of dy as a filter would cost more than the sum.
 */
export const conv2dBackpropFilter: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: "wasm",
  kernelFunc: ({ inputs, attrs }) => {
    const x = inputs.x as tf.Tensor4D;
    const dy = inputs.dy as tf.Tensor4D;
    const attributes = attrs as unknown as ConvolutionAttributes & { filterShape: Shape };
    const geometry = convolutionGeometry(x.shape, attributes.filterShape, attributes);
    const unitStride = geometry.strideHeight === 1 && geometry.strideWidth === 1;
    return tf.tidy(() =>
      unitStride && geometry.inChannels <= 4
        ? asMatrixProduct(x, dy, geometry)
        : asConvolution(x, dy, geometry)
    );
  },
};

/**
 * With x as [height, width·channel, batch], a shift by one pixel is a shift by `channel` positions,
 * so the result comes out as [kernel height, kernel width·channel, out channel]: the filter's own
 * layout.
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
  // Where the last rows or columns of x met no tap, the convolution gives some outputs too many.
  return gradient.slice([0, 0, 0, 0], [1, filterHeight, filterWidth * inChannels, outChannels])
    .reshape([filterHeight, filterWidth, inChannels, outChannels]);
}

function asMatrixProduct(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: tf.backend_util.Conv2DInfo,
): tf.Tensor {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, padInfo } = geometry;
  const positions = batchSize * outHeight * outWidth;
  const planes = x.reshape([batchSize * inHeight * inWidth, inChannels]).transpose()
    .reshape([inChannels, batchSize, inHeight, inWidth])
    .pad([[0, 0], [0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right]]);
  const shifted: tf.Tensor2D[] = [];
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++) {
      shifted.push(
        planes.slice([0, 0, i, j], [inChannels, batchSize, outHeight, outWidth])
          .reshape([inChannels, positions]),
      );
    }
  }
  return tf.matMul(tf.concat(shifted, 0), dy.reshape([positions, outChannels]))
    .reshape([filterHeight, filterWidth, inChannels, outChannels]);
}
