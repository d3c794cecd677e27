import * as tf from "@tensorflow/tfjs";
import { BATCH_NORM_EPSILON } from "./batch_norm.ts";

/** A convolution that includes the batch-norm after it. */
export interface FoldedConvolution {
  /** `[3, 3, in, out]` */
  readonly filter: tf.Tensor4D;
  /** `[out]` */
  readonly bias: tf.Tensor1D;
}

/** A batch-norm in inference mode: `x·scale + shift` by channel. */
export interface ScaleAndShift {
  /** `[channels]` */
  readonly scale: tf.Tensor1D;
  /** `[channels]` */
  readonly shift: tf.Tensor1D;
}

type Variables = ReadonlyMap<string, tf.Tensor>;

/** Computes a batch-norm's scale and shift from its running statistics. */
export function scaleAndShift(variables: Variables, batchNorm: string): ScaleAndShift {
  const value = (name: string) => variables.get(`${batchNorm}.${name}`)!;
  const [scale, shift] = tf.tidy(() => {
    const inverseStd = tf.rsqrt(tf.add(value("running_var"), BATCH_NORM_EPSILON));
    const scale = tf.mul(value("weight"), inverseStd) as tf.Tensor1D;
    const ofMean = tf.mul(value("running_mean"), scale);
    return [scale, tf.sub(value("bias"), ofMean) as tf.Tensor1D];
  });
  return { scale, shift };
}

/** Folds a batch-norm into the convolution before it. */
export function foldConvolution(
  variables: Variables,
  convolution: string,
  batchNorm: string,
): FoldedConvolution {
  const { scale, shift } = scaleAndShift(variables, batchNorm);
  const filter = tf.mul(variables.get(`${convolution}.weight`)!, scale) as tf.Tensor4D;
  scale.dispose();
  return { filter, bias: shift };
}
