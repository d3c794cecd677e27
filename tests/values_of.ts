import * as tf from "@tensorflow/tfjs";

/**
 * Computes a tensor, reads it, and disposes of it and of all that was made on the way. A backend on a
 * GPU can be read in no other way than this: asynchronously, and so outside of `tf.tidy`.
 */
export async function valuesOf(compute: () => tf.Tensor): Promise<number[]> {
  const [values] = await valuesOfAll(() => [compute()]);
  return values;
}

/** The same for tensors that are computed together. */
export async function valuesOfAll(compute: () => tf.Tensor[]): Promise<number[][]> {
  const tensors = tf.tidy(compute);
  try {
    const values = await Promise.all(tensors.map((tensor) => tensor.data()));
    return values.map((data) => [...data]);
  } finally {
    tf.dispose(tensors);
  }
}
