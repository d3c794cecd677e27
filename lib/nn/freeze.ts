import * as tf from "@tensorflow/tfjs";
import { disposeFolded, foldBatchNorm, type FoldedResNet } from "./folded_resnet.ts";
import type { FrozenNetwork } from "./frozen_classifier.ts";
import { FrozenResNet } from "./frozen_resnet.ts";
import type { Precision } from "./precision.ts";
import type { ResNet } from "./resnet.ts";
import { UserError } from "../user_error.ts";

/** A TensorFlow.js backend that runs a whole frozen network at once. */
export interface FreezingBackend {
  /** The precisions that it supports on this machine. */
  readonly precisions: readonly Precision[];
  /** @param folded is copied and stays the caller's */
  freeze(folded: FoldedResNet, precision: Precision): FrozenNetwork;
}

/**
 * Makes a frozen copy of a network in inference mode. Later changes of the network do not affect
 * it, and it never computes a gradient of a weight.
 *
 * @param options.precision "f32" (the default) or "bf16"
 * @throws UserError if the current backend does not support the precision
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
