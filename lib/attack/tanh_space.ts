import * as tf from "@tensorflow/tfjs";
import { boundsOf, type PixelBounds } from "../options.ts";

/** Pixels at the bounds would have an infinite w. */
const INSIDE = 0.999999;

/** Pixels within bounds as `low + (high − low)(tanh w + 1)/2` with any w (Carlini and Wagner 2017). */
export class TanhSpace {
  readonly #middle: number;
  readonly #half: number;

  constructor(clamp: number | PixelBounds) {
    const [low, high] = boundsOf(clamp);
    this.#middle = (low + high) / 2;
    this.#half = (high - low) / 2;
  }

  toPixels(w: tf.Tensor4D): tf.Tensor4D {
    return tf.add(tf.mul(tf.tanh(w), this.#half), this.#middle);
  }

  fromPixels(x: tf.Tensor4D): tf.Tensor4D {
    return tf.atanh(tf.mul(tf.clipByValue(this.#unit(x), -1, 1), INSIDE));
  }

  /** dx/dw at x. */
  slope(x: tf.Tensor4D): tf.Tensor4D {
    return tf.mul(tf.sub(1, tf.square(this.#unit(x))), this.#half);
  }

  /** −1 … 1 */
  #unit(x: tf.Tensor4D): tf.Tensor4D {
    return tf.div(tf.sub(x, this.#middle), this.#half);
  }
}
