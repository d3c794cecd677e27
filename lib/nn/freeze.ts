import type { FoldedResNet } from "./folded_resnet.ts";
import type { FrozenNetwork } from "./frozen_classifier.ts";
import type { ImageNetwork } from "./image_network.ts";
import type { Precision } from "./precision.ts";

/** A TensorFlow.js backend that runs a whole frozen ResNet at once. */
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
 * @returns the copy, which the caller disposes of
 * @throws UserError if the current backend does not support the precision for this network
 */
export function freeze(
  network: ImageNetwork,
  { precision = "f32" }: { readonly precision?: Precision } = {},
): FrozenNetwork {
  return network.freeze(precision);
}

/** Freezes a network and disposes of it. */
export function frozenOf(...[network, options]: Parameters<typeof freeze>): FrozenNetwork {
  try {
    return freeze(network, options);
  } finally {
    network.dispose();
  }
}
