import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type ConvolutionAttributes, convolutionGeometry } from "../../convolution_geometry.ts";
import { rowBlocks, sumBlocks } from "../row_blocks.ts";
import { runShader } from "../run_shader.ts";

/**
 * The gradient of a convolution with respect to its filter,
 * `dW[i, j, c, o] = Σ x[n, s·h + i − pad, s·w + j − pad, c] · dy[n, h, w, o]`.
 *
 * TensorFlow.js uses one thread for each entry of the filter (2,304 for 3×3×16×16), over the whole
 * mini-batch: most of a GPU is idle, and float32 adds 262,144 numbers in a row. Here each thread
 * takes a block of rows and a tile of 4×4 channels, so that two loads serve 16 products.
 */
export const conv2dBackpropFilter: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: "webgpu",
  kernelFunc: ({ inputs, attrs, backend }) =>
    tf.tidy(() =>
      filterGradient(
        inputs.x as tf.Tensor4D,
        inputs.dy as tf.Tensor4D,
        attrs as unknown as ConvolutionAttributes & { filterShape: Shape },
        backend as WebGPUBackend,
      )
    ),
};

type Shape = [number, number, number, number];

function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attributes: ConvolutionAttributes & { filterShape: Shape },
  backend: WebGPUBackend,
): tf.Tensor {
  const { filterShape } = attributes;
  const geometry = convolutionGeometry(x.shape, filterShape, attributes);
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, padInfo } = geometry;
  const [inTile, outTile] = [inChannels, outChannels].map((count) => count % 4 === 0 ? 4 : 1);
  const tiles = tf.util.sizeFromShape(filterShape) / (inTile * outTile);
  const rows = batchSize * geometry.outHeight;
  const { rowsPerBlock, blocks } = rowBlocks(rows, tiles);
  const vector = outTile === 4 ? "vec4<f32>" : "f32";
  const partial = runShader(backend, {
    key: `filterGradient ${inTile} ${outTile}`,
    inputs: { x, dy },
    components: { x: inTile, dy: outTile },
    outputShape: [blocks, tf.util.sizeFromShape(filterShape)],
    outputComponents: outTile,
    uniforms: {
      rows,
      rowsPerBlock,
      blocks,
      tiles,
      taps: filterHeight * filterWidth,
      inHeight: geometry.inHeight,
      inWidth: geometry.inWidth,
      outHeight: geometry.outHeight,
      outWidth: geometry.outWidth,
      inTiles: inChannels / inTile,
      outTiles: outChannels / outTile,
      filterWidth,
      top: padInfo.top,
      left: padInfo.left,
      strideHeight: geometry.strideHeight,
      strideWidth: geometry.strideWidth,
    },
    threads: blocks * tiles,
    code: `
      fn main(index : i32) {
        if (index >= uniforms.blocks * uniforms.tiles) { return; }
        let outTile = index % uniforms.outTiles;
        let inTile = index / uniforms.outTiles % uniforms.inTiles;
        let tap = index / (uniforms.outTiles * uniforms.inTiles) % uniforms.taps;
        let block = index / uniforms.tiles;
        let down = tap / uniforms.filterWidth - uniforms.top;
        let right = tap % uniforms.filterWidth - uniforms.left;
        let end = min((block + 1) * uniforms.rowsPerBlock, uniforms.rows);
        var sums : array<${vector}, ${inTile}>;
        for (var row = block * uniforms.rowsPerBlock; row < end; row++) {
          let inRow = row % uniforms.outHeight * uniforms.strideHeight + down;
          if (inRow < 0 || inRow >= uniforms.inHeight) { continue; }
          let image = row / uniforms.outHeight;
          for (var column = 0; column < uniforms.outWidth; column++) {
            let inColumn = column * uniforms.strideWidth + right;
            if (inColumn < 0 || inColumn >= uniforms.inWidth) { continue; }
            let pixel = (image * uniforms.inHeight + inRow) * uniforms.inWidth + inColumn;
            let values = x[pixel * uniforms.inTiles + inTile];
            let slope = dy[(row * uniforms.outWidth + column) * uniforms.outTiles + outTile];
            ${
      inTile === 4
        ? `for (var k = 0; k < 4; k++) { sums[k] += values[k] * slope; }`
        : "sums[0] += values * slope;"
    }
          }
        }
        for (var k = 0; k < ${inTile}; k++) {
          let tile = (block * uniforms.taps + tap) * uniforms.inTiles + inTile;
          result[(tile * ${inTile} + k) * uniforms.outTiles + outTile] = sums[k];
        }
      }`,
  });
  return sumBlocks(backend, partial).reshape(filterShape);
}
