import * as tf from "@tensorflow/tfjs";
import { disposeFolded, foldBatchNorm, type FoldedResNet } from "./folded_resnet.ts";
import type { FrozenNetwork } from "./frozen_classifier.ts";
import { FrozenResNet } from "./frozen_resnet.ts";
import type { ResNet } from "./resnet.ts";
import { UserError } from "../user_error.ts";

/** How a frozen network computes: in float32, or in bfloat16 with sums in float32. */
export const PRECISIONS = ["f32", "bf16"] as const;
export type Precision = typeof PRECISIONS[number];

/** A TensorFlow.js backend that runs a whole frozen network as one. */
export interface FreezingBackend {
  /** What it computes in on this machine. */
  readonly precisions: readonly Precision[];
  /** @param folded stays the caller's; what is needed of it is copied */
  freeze(folded: FoldedResNet, precision: Precision): FrozenNetwork;
}

/**
 * A network in inference mode that gives logits and gradients with respect to its input, and nothing
 * else. Copies the network as it is now: later changes to it do not show.
 *
 * @throws UserError if the current backend does not compute in that precision
 */
export function freeze(
  network: ResNet,
  { precision = "f32" }: { readonly precision?: Precision } = {},
): FrozenNetwork {
  const backend = tf.backend() as Partial<FreezingBackend>;
  const precisions = backend.precisions ?? ["f32"];
  if (!precisions.includes(precision)) {
    throw new UserError(
      `backend ${tf.getBackend()} does not compute a frozen network in ${precision} here; ` +
        `choose from ${precisions.join(", ")}`,
    );
  }
  const folded = foldBatchNorm(network);
  if (!backend.freeze) return new FrozenResNet(folded);
  const frozen = backend.freeze(folded, precision);
  disposeFolded(folded);
  return frozen;
}
