import * as tf from "@tensorflow/tfjs";
import { gatherRows } from "../nn/gather_rows.ts";

/**
 * Where samples go when they leave a batch: keeps them as they leave, in any order and past any
 * `tf.tidy`, and gives them back in their own.
 */
export class Archive {
  readonly #indices: number[] = [];
  readonly #samples: tf.Tensor4D[] = [];
  readonly #logits: tf.Tensor2D[] = [];

  /** @param rows which rows of the tensors to keep; @param indices whose they are */
  put(samples: tf.Tensor4D, logits: tf.Tensor2D, rows: number[], indices: number[]): void {
    if (rows.length === 0) return;
    this.#indices.push(...indices);
    this.#samples.push(tf.keep(gatherRows(samples, rows)));
    this.#logits.push(tf.keep(gatherRows(logits, rows)));
  }

  /** Drops everything put so far. */
  dispose(): void {
    tf.dispose([...this.#samples, ...this.#logits]);
    this.#indices.length = this.#samples.length = this.#logits.length = 0;
  }

  /** Everything put so far, ordered by index; empties the archive. */
  take(): { samples: tf.Tensor4D; logits: tf.Tensor2D } {
    const order = new Int32Array(this.#indices.length);
    this.#indices.forEach((index, position) => order[index] = position);
    const [samples, logits] = tf.tidy(() => [
      gatherRows(tf.concat(this.#samples, 0), order),
      gatherRows(tf.concat(this.#logits, 0), order),
    ]);
    this.dispose();
    return { samples: samples as tf.Tensor4D, logits: logits as tf.Tensor2D };
  }
}
