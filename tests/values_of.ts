import * as tf from "@tensorflow/tfjs";

/**
 * Computes a tensor, reads it, and disposes of it and of all intermediate tensors. The read is
 * outside of `tf.tidy`, because GPU backends can only be read asynchronously.
 */
export async function valuesOf(compute: () => tf.Tensor): Promise<number[]> {
  const [values] = await valuesOfAll(() => [compute()]);
  return values;
}

/** Computes several tensors together, reads them, and disposes of them. */
export async function valuesOfAll(compute: () => tf.Tensor[]): Promise<number[][]> {
  const tensors = tf.tidy(compute);
  try {
    const values = await Promise.all(tensors.map((tensor) => tensor.data()));
    return values.map((data) => [...data]);
  } finally {
    tf.dispose(tensors);
  }
}
